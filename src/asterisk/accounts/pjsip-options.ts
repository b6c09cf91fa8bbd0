import { OptionTable } from "../options/option-table.ts";

const MEDIA = `
  allow disallow codec_prefs_incoming_offer codec_prefs_outgoing_offer codec_prefs_incoming_answer codec_prefs_outgoing_answer
  incoming_call_offer_pref outgoing_call_offer_pref direct_media_method direct_media_glare_mitigation
  connected_line_method disable_direct_media_on_nat dtmf_mode rtp_symmetric media_address bind_rtp_to_media_address media_encryption
  media_encryption_optimistic media_use_received_transport use_avpf force_avp ice_support rtp_engine rtp_ipv6 rtp_timeout
  rtp_timeout_hold rtp_keepalive tos_audio tos_video cos_audio cos_video t38_udptl t38_udptl_ec t38_udptl_maxdatagram t38_udptl_nat
  t38_udptl_ipv6 t38_bind_udptl_to_media_address fax_detect fax_detect_timeout srtp_tag_32 dtls_verify dtls_rekey
  dtls_auto_generate_cert dtls_cert_file dtls_private_key dtls_cipher dtls_ca_file dtls_ca_path dtls_setup dtls_fingerprint
  max_audio_streams max_video_streams bundle webrtc rtcp_mux inband_progress g726_non_standard sdp_owner sdp_session
  preferred_codec_only asymmetric_rtp_codec follow_early_media_fork accept_multiple_sdp_answers notify_early_inuse_ringing
  stir_shaken stir_shaken_profile geoloc_incoming_call_profile geoloc_outgoing_call_profile security_mechanisms
  security_negotiation
`;

const ENDPOINT = new OptionTable("an endpoint", {
  taken: `
    type aors auth outbound_auth context subscribe_context callerid mailboxes device_state_busy_at allow_subscribe direct_media transport from_user
    from_domain outbound_proxy permit deny acl force_rport rewrite_contact identify_by description
  `,
  ignored: {
    media: MEDIA,
    music: "moh_suggest moh_passthrough",
    language: "language tone_zone",
    timers: "timers timers_min_se timers_sess_expires 100rel",
    calls: `
      allow_transfer refer_blind_progress redirect_method set_var accountcode trust_id_inbound trust_id_outbound send_pai send_rpid
      send_connected_line rpid_immediate trust_connected_line callerid_privacy callerid_tag user_eq_phone send_diversion
      send_history_info allow_overlap overlap_context one_touch_recording record_on_feature record_off_feature message_context
      accountcode_prefix ignore_183_without_sdp suppress_q850_reason_headers suppress_moh_on_sendonly send_aoc tenantid
      follow_redirect_methods contact_user
    `,
    pickup: "call_group pickup_group named_call_group named_pickup_group",
    voicemail: "aggregate_mwi voicemail_extension mwi_from_user mwi_subscribe_replaces_unsolicited incoming_mwi_mailbox",
    lamps: "sub_min_expiry",
    "address lists of contacts": "contact_acl contact_deny contact_permit",
  },
});

const AUTH = new OptionTable("an auth section", {
  taken: "type auth_type username password md5_cred password_digest realm",
  ignored: {
    "other ways to authenticate":
      "nonce_lifetime refresh_token oauth_clientid oauth_secret supported_algorithms_uac supported_algorithms_uas",
  },
});

const AOR = new OptionTable("an aor", {
  taken:
    "type contact max_contacts mailboxes qualify_frequency remove_existing remove_unavailable support_path authenticate_qualify",
  ignored: {
    registration: "default_expiration minimum_expiration maximum_expiration outbound_proxy qualify_timeout qualify_2xx_only",
    voicemail: "voicemail_extension",
  },
});

const IDENTIFY = new OptionTable("an identify section", {
  taken: "type endpoint match",
  ignored: { "addresses alone identify": "match_header match_request_uri srv_lookups transport" },
});

const REGISTRATION = new OptionTable("a registration", {
  taken: "type server_uri client_uri outbound_auth contact_user expiration endpoint transport line",
  ignored: {
    timers:
      "retry_interval forbidden_retry_interval fatal_retry_interval max_retries max_random_initial_delay auth_rejection_permanent",
    calls:
      "outbound_proxy support_path support_outbound contact_header_params security_negotiation security_mechanisms user_agent",
  },
});

const TRANSPORT = new OptionTable("a transport", {
  taken: "type protocol bind",
  ignored: {
    "given when the server starts": `
      external_media_address external_signaling_address external_signaling_port local_net domain tos cos async_operations
      ca_list_file ca_list_path cert_file priv_key_file password cipher method require_client_cert verify_client verify_server
      allow_reload symmetric_transport allow_wildcard_certs websocket_write_timeout tcp_keepalive_enable
      tcp_keepalive_idle_time tcp_keepalive_interval_time tcp_keepalive_probe_count
    `,
  },
});

const ACL = new OptionTable("an acl section", {
  taken: "type permit deny acl",
  ignored: { "address lists of contacts": "contact_acl contact_deny contact_permit" },
});

/** Kinds of sections that are read, with their options. */
export const PJSIP_TABLES: ReadonlyMap<string, OptionTable> = new Map([
  ["endpoint", ENDPOINT],
  ["auth", AUTH],
  ["aor", AOR],
  ["identify", IDENTIFY],
  ["registration", REGISTRATION],
  ["transport", TRANSPORT],
  ["acl", ACL],
]);

/** Kinds that Asterisk knows and that change nothing here; of `global`, only default_realm is read. */
export const PJSIP_IGNORED_TYPES: ReadonlySet<string> = new Set([
  ...["system", "domain_alias", "domain-alias", "contact", "resource_list", "phoneprov", "subscription_persistence", "ident"],
  ...["inbound-publication", "outbound-publish", "asterisk-publication", "mwi", "resource-list", "scheduled_qualify"],
]);

/** Of a section of pjsip_wizard.conf; names with a slash belong to the object before it. */
export const WIZARD_OPTIONS = new OptionTable("a wizard section", {
  taken: `
    type sends_auth accepts_auth sends_registrations accepts_registrations remote_hosts transport outbound_proxy server_uri_pattern
    client_uri_pattern contact_pattern has_phoneprov has_hint hint_exten hint_context sends_line_with_registrations
  `,
  ignored: { "its number is dialled as any other": "hint_application" },
});
