import { splitArguments } from "./application-call.ts";
import { parseCause } from "./cause-names.ts";

/** What the dialplan of a site may call: the applications of the requirement texts, and those that go with them (sla.md §5.7). */
export const APPLICATION_NAMES = [
  "Answer",
  "Busy",
  "CallCompletionCancel",
  "CallCompletionRequest",
  "Congestion",
  "Dial",
  "DISA",
  "Goto",
  "GotoIf",
  "Hangup",
  "NoOp",
  "Playback",
  "Playtones",
  "Progress",
  "Read",
  "Ringing",
  "Set",
  "SLAStation",
  "SLATrunk",
  "StopPlaytones",
  "Verbose",
  "Wait",
] as const;

/** Canonical spelling of a supported application. */
export type ApplicationName = (typeof APPLICATION_NAMES)[number];

/** Applications of Asterisk 22 and of the versions that the requirement texts were written for, not supported here. */
const ASTERISK_APPLICATIONS = `
  AddQueueMember ADSIProg AELSub AgentLogin AgentRequest AGI AlarmReceiver AMD AsyncAGI AttendedTransfer AudioSocket Authenticate
  BackGround BackgroundDetect BlindTransfer Bridge BridgeAdd BridgeWait BroadcastChannel CELGenUserEvent ChangeMonitor ChanIsAvail
  ChannelRedirect ChanSpy ClearHash ConfBridge ConfKick ContinueWhile ControlPlayback DAHDIAcceptR2Call DAHDIBarge DAHDIRAS DAHDIScan
  DAHDISendCallreroutingFacility DAHDISendKeypadFacility DateTime DBdel DBdeltree DeadAGI Dictate Directory DumpChan EAGI Echo
  EndIf EndWhile Exec ExecIf ExecIfTime ExitIf ExitWhile ExtenSpy ExternalIVR FastAGI Festival Flash FollowMe ForkCDR GetCPEID Gosub
  GosubIf GotoIfTime HangupCauseClear IAX2Provision ICES If ImportVar Incomplete IVRDemo JabberJoin JabberLeave JabberSend JabberSendGroup
  JabberStatus JACK Log MacroExclusive MacroExit MacroIf Macro MailboxExists MeetMe MeetMeAdmin MeetMeChannelAdmin MeetMeCount MessageSend
  Milliwatt MinivmAccMess MinivmDelete MinivmGreet MinivmMWI MinivmNotify MinivmRecord MixMonitor Monitor Morsecode MP3Player MSet MusicOnHold
  MYSQL NBScat NoCDR ODBC_Commit ODBC_Rollback ODBCFinish Originate OSPAuth OSPFinish OSPLookup OSPNext Page Park ParkAndAnnounce ParkedCall
  PauseMonitor PauseQueueMember Pickup PickupChan PrivacyManager Proceeding Queue QueueLog QueueUpdate QueueWait RaiseException
  ReadExten ReadFile ReceiveFAX ReceiveMF ReceiveSF ReceiveText Record Redirecting RemoveQueueMember ResetCDR RetryDial Return Reload
  SayAlpha SayAlphaCase SayCountedAdj SayCountedNoun SayCountPL SayDigits SayMoney SayNumber SayOrdinal SayPhonetic SayUnixTime
  SendDTMF SendFAX SendImage SendMF SendSF SendText SendURL SetAMAFlags SetCallerPres SetMusicOnHold SignalNoise SIPAddHeader SIPDtmfMode
  SIPRemoveHeader SIPSendCustomINFO Skel SMS SoftHangup SpeechActivateGrammar SpeechBackground SpeechCreate SpeechDeactivateGrammar
  SpeechDestroy SpeechLoadGrammar SpeechProcessingSound SpeechStart SpeechUnloadGrammar StackPop StartMusicOnHold Stasis StatsD
  StopMixMonitor StopMonitor StopMusicOnHold StorePromptVM StoreDTMF StreamEcho System TDD TestClient TestServer Transfer TryExec TrySystem
  UnpauseMonitor UnpauseQueueMember UserEvent VMAuthenticate VMSayName VMBOX VoiceMail VoiceMailMain VoiceMailPlayMsg
  WaitDigit WaitExten WaitForCondition WaitForNoise WaitForRing WaitForSilence WaitForSpeech WaitMusicOnHold WaitUntil While Zapateller
  ZapBarge ZapRAS ZapScan`;

/** What a name of an application leads to. */
export type ApplicationFound =
  | { readonly kind: "supported"; readonly name: ApplicationName }
  /** Asterisk has it, this product has not; in Asterisk's spelling. */
  | { readonly kind: "asterisk"; readonly name: string }
  /** No Asterisk has it. */
  | { readonly kind: "unknown" };

const BY_NAME: ReadonlyMap<string, ApplicationFound> = new Map([
  ...ASTERISK_APPLICATIONS.trim()
    .split(/\s+/)
    .map((name): [string, ApplicationFound] => [name.toLowerCase(), { kind: "asterisk", name }]),
  ...APPLICATION_NAMES.map((name): [string, ApplicationFound] => [name.toLowerCase(), { kind: "supported", name }]),
]);

/** The application of this name, without regard to case (sla.md §5.3). */
export function findApplication(name: string): ApplicationFound {
  return BY_NAME.get(name.toLowerCase()) ?? { kind: "unknown" };
}

/** What is wrong with the arguments of `name` as written, before anything is filled in, and what to write instead; undefined = nothing. */
export function argumentsMistake(name: ApplicationName, args: string): string | undefined {
  return CHECKS[name]?.(args.trim(), splitArguments(args.trim()));
}

type ArgumentsCheck = (args: string, parts: readonly string[]) => string | undefined;

const CHECKS: Readonly<Partial<Record<ApplicationName, ArgumentsCheck>>> = {
  CallCompletionCancel: none("CallCompletionCancel"),
  CallCompletionRequest: none("CallCompletionRequest"),
  Dial: (_args, [destination = "", timeout = ""]) => {
    if (destination.trim() === "") return "Dial without a destination; write Dial(SIP/5001,20)";
    const wrong = destination.split("&").find((one) => !one.includes("$") && !/^[^/]+\/./u.test(one.trim()));
    if (wrong !== undefined) return "Dial needs technology/resource; write Dial(SIP/5001) or Dial(SIP/5551212@provider)";
    return timeout.includes("$") || /^\s*(?:\d+(?:\.\d+)?(?:\^[\d.]*)?)?\s*$/u.test(timeout)
      ? undefined
      : "Dial takes seconds behind its destinations, and rings without end now; write Dial(SIP/5001,20)";
  },
  DISA: (_args, [password = ""]) => {
    if (password.trim() === "") return "DISA without a password; write DISA(no-password,context)";
    return password.includes("$") || password.trim() === "no-password"
      ? undefined
      : "DISA is supported without a password only; write DISA(no-password,context)";
  },
  Goto: (_args, parts) => {
    if (parts.length > 3) return "Goto takes [[context,]extension,]priority; write Goto(context,extension,1)";
    return (parts.at(-1) ?? "").trim() === "" ? "Goto without a priority; write Goto(extension,1)" : undefined;
  },
  GotoIf: (args) => (gotoIfTargets(args) ? undefined : "GotoIf needs condition?target[:target]; write GotoIf($[…]?then:else)"),
  Hangup: (args) =>
    args === "" || args.includes("$") || parseCause(args) !== undefined
      ? undefined
      : "Hangup has no such cause; write a number from 1 to 127, or its name as in Hangup(USER_BUSY)",
  Playback: (_args, [file = ""]) => (file.trim() === "" ? "Playback without a prompt; write Playback(name)" : undefined),
  Playtones: (args) => (args === "" ? "Playtones without a tone; write Playtones(dial)" : undefined),
  Read: (_args, parts) => {
    const [variable = "", , , options = ""] = parts;
    if (variable.trim() === "") return "Read without a variable; write Read(number,dial,11,i)";
    if (parts.length > 6)
      return "Read takes six arguments at most; write Read(variable,prompt,maxdigits,options,attempts,timeout)";
    const known = options.includes("$") || /^(?:[sinep]|t\([^)]*\))*$/u.test(options.trim());
    return known ? undefined : "Read has no such option; its options are s, i, n, e, p and t(characters)";
  },
  Set: (args) => {
    const name = args.slice(0, Math.max(0, args.indexOf("="))).trim();
    return name === "" ? 'Set needs "name=value"; write Set(name=value)' : undefined;
  },
  SLAStation: (args) => (args === "" ? "SLAStation without a station; write SLAStation(station_trunk)" : undefined),
  SLATrunk: (_args, [trunk = ""]) => (trunk.trim() === "" ? "SLATrunk without a trunk; write SLATrunk(trunk)" : undefined),
  Wait: (args) =>
    args.includes("$") || /^(?:\d+(?:\.\d+)?|\.\d+)\s*(?:ms|[smh])?$/iu.test(args)
      ? undefined
      : "Wait needs a number of seconds; write Wait(1)",
};

function none(name: ApplicationName): ArgumentsCheck {
  return (args) => (args === "" ? undefined : `${name} takes no arguments; write ${name}()`);
}

/** Whether there is a target behind the `?`, be it only the second one. */
function gotoIfTargets(args: string): boolean {
  const mark = args.lastIndexOf("?");
  return (
    mark !== -1 &&
    args
      .slice(mark + 1)
      .replace(":", "")
      .trim() !== ""
  );
}
