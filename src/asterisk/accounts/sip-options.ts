import { CC_OPTIONS } from "#domain/site/account";
import { OptionTable } from "../options/option-table.ts";

/** Options of chan_sip that stand in [general] and in accounts alike. */
const EVERYWHERE_TAKEN = `
  context subscribecontext callerid transport insecure outboundproxy fromdomain qualify qualifyfreq allowsubscribe
  nat directmedia canreinvite callcounter busylevel limitonpeers counteronpeer
`;

const EVERYWHERE_IGNORED = {
  media: `
    allow disallow autoframing preferred_codec_only dtmfmode directrtpsetup directmediapermit directmediadeny directmediaacl
    rtptimeout rtpholdtimeout rtpkeepalive videosupport textsupport maxcallbitrate t38pt_udptl t38pt_rtp t38pt_tcp t38pt_usertpsource rfc2833compensate
    faxdetect g726nonstandard ignoresdpversion constantssrc icesupport progressinband encryption encryption_taglen avpf force_avp
    rtcp_mux dtlsenable dtlsverify dtlsrekey dtlscertfile dtlsprivatekey dtlscipher dtlscafile dtlscapath dtlssetup dtlsfingerprint
    discard_remote_hold_retrieval rtp_engine engine prematuremedia prematuremediafilter sdpsession sdpowner media_address
  `,
  music: "mohinterpret mohsuggest musiconhold musicclass",
  language: "language tonezone",
  timers: `
    t1 t1min timert1 timerb session-timers session-expires session-minse session-refresher keepalive maxforwards
    registertimeout registerattempts register_retry_403
  `,
  calls: `
    allowtransfer allowoverlap promiscredir usereqphone trustrpid sendrpid rpid_update rpid_immediate trust_id_outbound callingpres
    use_q850_reason parkinglot amaflags accountcode setvar usecallingpres send_diversion supportpath rtsavepath useclientcode restrictcid
    snom_aoc_enabled storesipcause outofcall_message_context accept_outofcall_message refer_addheaders fromuserphone
  `,
  voicemail: "vmexten buggymwi subscribemwi unsolicited_mailbox notifymimetype mwi_from",
  pickup: "callgroup pickupgroup namedcallgroup namedpickupgroup recordonfeature recordofffeature",
  lamps: "notifyringing notifyhold notifycid callevents",
  "address lists of contacts": "contactpermit contactdeny contactacl",
  methods: "disallowed_methods auth_options_requests auth_message_requests",
};

const ACCOUNT_TAKEN = `
    ${EVERYWHERE_TAKEN} ${CC_OPTIONS.join(" ")}
    type host port secret md5secret remotesecret mailbox permit deny acl call-limit call_limit incominglimit
    defaultuser username fromuser callbackextension fullname trunkname cid_number hasvoicemail description
    name regseconds ipaddr fullcontact lastms useragent regserver id
`;

const ACCOUNT_IGNORED = {
  ...EVERYWHERE_IGNORED,
  registration: "defaultip regexten dynamic_exclude_static registertrying",
  credentials: "auth",
  "caller tags": "cid_tag",
  realtime: "dynamic path sippasswd cancallforward mask",
  groups: "outgoinglimit group",
};

/** Of a section that is an account: a phone, a peer, a provider. */
export const ACCOUNT_OPTIONS = new OptionTable("an account of sip.conf", { taken: ACCOUNT_TAKEN, ignored: ACCOUNT_IGNORED });

/** Of a section of users.conf, [general] included: what it says once there holds for every user. */
export const USER_OPTIONS = new OptionTable("a user of users.conf", {
  taken: `${ACCOUNT_TAKEN} hassip registersip macaddress autoprov label linenumber hasexten alternateexts`,
  ignored: {
    ...ACCOUNT_IGNORED,
    "keys follow from sla.conf": "linekeys",
    numbers: "userbase localextenlength allow_aliases operatorextension",
    voicemail: "vmsecret email pager attach delete deletevoicemail envelope saycid maxmsg review operator voicemail_default",
    "other protocols": "hasiax hash323 hasskinny hasmgcp registeriax requirecalltoken",
    "line cards": `
      dahdichan zapchan signalling group threewaycalling callwaiting callwaitingcallerid transfer canpark cancallforward callreturn
      usecallerid hidecallerid busydetect busycount echocancel rxgain txgain immediate trunkstyle provider flags
    `,
    manager: "hasmanager managerread managerwrite",
    "queues and groups": "hasagent hasdirectory allowextern",
    provisioning: "profile template lineformat timezone tz",
  },
});

/** Of [general]. */
export const GENERAL_OPTIONS = new OptionTable("[general] of sip.conf", {
  taken: `${EVERYWHERE_TAKEN} realm allowguest register alwaysauthreject ${CC_OPTIONS.join(" ")}`,
  ignored: {
    ...EVERYWHERE_IGNORED,
    "given when the server starts": `
      bindaddr bindport udpbindaddr tcpenable tcpbindaddr tlsenable tlsbindaddr tlscertfile tlsprivatekey tlscafile tlscadir tlscapath
      tlsverifyclient tlsdontverifyserver tlscipher tlsclientmethod tlsdisablev1 tlsdisablev11 tlsdisablev12 tlsservercipherorder
      websocket_enabled websocket_write_timeout externip externaddr externhost externrefresh externtcpport externtlsport localnet
      localmask stunaddr domain autodomain allowexternaldomains domainsasrealm fromdomainport useragent tcpauthtimeout tcpauthlimit
      matchexternaddrlocally matchexterniplocally subscribe_network_change_event srvlookup
    `,
    registration: `
      maxexpiry maxexpirey minexpiry defaultexpiry mwiexpiry submaxexpiry subminexpiry regcontext autocreatepeer match_auth_username
      regextenonqualify qualifygap qualifypeers dynamic_exclude_static ignoreregexpire
    `,
    realtime: "rtcachefriends rtsavesysname rtupdate rtautoclear",
    tracing: "sipdebug dumphistory recordhistory authfailureevents",
    grammar: "pedantic compactheaders relaxdtmf legacy_useroption_parsing shrinkcallerid",
    "packet marks": "tos tos_sip tos_audio tos_video tos_text cos cos_sip cos_audio cos_video cos_text",
    "jitter buffer": "jbenable jbforce jbmaxsize jbresyncthreshold jbimpl jbtargetextra jblog",
    "mailboxes elsewhere": "mwi",
  },
});
