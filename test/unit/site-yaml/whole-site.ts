/** A site.yaml that says everything that can be said. */
export const WHOLE_SITE = `
realm: office
context: desks
autocontext: yes
settings: { attemptcallerid: no, emergency: [190, "193"], country: BR }
compat: { sla: asterisk, cc: product }
limits: { subscriptionsPerAccount: 500, subscriptions: 9000, contactsPerAccount: 3, openTransactions: 5000, wrongPasswordsPerAccount: 9, wrongPasswordsPerSource: 90, unauthenticatedPerSecond: 50, unauthenticatedBurst: 60, wrongPasswordWindowSeconds: 60, banSeconds: 5, banMaxSeconds: 50, publications: 70, publicationsPerAccount: 7, publicationsPerResource: 8, publishedDevices: 80, connections: 90, connectionsPerSource: 9, httpConnectionsPerSource: 19, idleSeconds: 29, headers: 64, headerBytes: 2048, headerSectionBytes: 4096, bodyBytes: 5000, xmlDepth: 12, xmlElements: 500, xmlAttributes: 16 }
dahdi: { 1: { account: gate1 }, g1: { account: gate2 } }
featureCodes: { callCompletionRequest: "*30", callCompletionCancel: "*31" }
callCompletion:
  enabled: yes
  maxRequests: 40
  deviceStates: { available: NOT_INUSE, calleeReady: RINGING }
lines:
  line1: { device: SIP/gate1, label: Shop, did: ["2565551212"], context: in, autocontext: in1, ringtimeout: 20, barge: no, hold: private, appearances: 3 }
  line2:
phones:
  0000FFFF0005: { label: Reception, profile: yealink, vendor: polycom, model: VVX_400, secret: s3cret, callerid: '"Reception" <100>', lines: [line2] }
  0000FFFF0006: { accounts: [Desk6], lines: [] }
stations:
  desk6:
    phone: 00:00:FF:FF:00:06
    keys: [line1, { line: LINE2, label: Two, ringdelay: 5, ringtimeout: 15 }]
    ringdelay: 1
    ringtimeout: 30
    hold: private
  wall: { device: DAHDI/2, keys: line1, autocontext: walls }
accounts:
  Desk6: { secret: x, authUser: d6, subscribeContext: all, mailbox: 100@default, unsolicitedMwi: yes, allowSubscribe: no, seesCallers: no, directMedia: no }
  gate1:
    md5secret: 0123456789ABCDEF0123456789abcdef
    context: in
    callerid: Gate
    type: peer
    host: gate.example
    port: 5070
    sources: [192.0.2.0/24]
    transports: [tcp, udp]
    acl: [deny 0.0.0.0/0, permit 192.168.0.0/16]
    insecure: [port, invite]
    profile: compatible
    qualifySeconds: 60
    callLimit: 2
    busyLevel: 1
    cc:
      agentPolicy: generic
      monitorPolicy: always
      offerTimer: 30
      ccbsAvailableTimer: 600
      ccnrAvailableTimer: 700
      recallTimer: 15
      maxAgents: 2
      maxMonitors: 3
      callbackSub: sub,s,1
      callbackMacro: mac
      agentDialstring: SIP/gate1
    outbound: { username: u, secret: o, fromUser: f, fromDomain: d.example, proxy: p.example }
    registration: { server: sip:r.example, username: u, authUser: a, domain: d, secret: z, extension: L1, expirySeconds: 120 }
extensions:
  "100": { devices: [SIP/Desk6], dial: "SIP/Desk6,30", label: Desk, context: all }
  100@in: { dial: "" }
hints: { "200": [SIP/Desk6, SIP/gate1], _7XXX: "SIP/\${EXTEN}" }
lists:
  desks: ["200", { extension: "100", label: Desk }]
  all: [{ list: desks }]
contexts:
  in:
    include: [desks, { context: night, times: "17:00-9:00,*,*,*" }]
    ignorePatterns: ["9"]
    hints: { "300": SIP/Desk6 }
    extensions:
      s: SLATrunk(line1)
      _X.:
        - { label: start, run: "Set(a=\${EXTEN:1:1})" }
        - { priority: 5, run: "Goto(s,1)" }
        - Hangup
      5001/2565: [Busy()]
globals: { A: b, EMPTY: "" }
tones:
  BR: { description: Brazil, ringcadence: [1000, 4000], tones: { Dial: "425", busy: "425/250,0/250" } }
`;
