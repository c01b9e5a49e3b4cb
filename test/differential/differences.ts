/**
 * Why Perdure differs from the local engine where it means to. A scenario names the reason, and in its `perdure` the fields
 * that differ with what Perdure shows in them.
 */
export const DIFFERENCES = {
  documentedRetryDelay: "The documented default delay before a retry is 10 seconds; the local engine waits 1 second.",
  synonyms:
    "The overview page writes event.params and { event: … }: they are synonyms of event.payload and { type: … }. The local engine knows neither.",
  ownBytesOnly:
    "A view keeps only its own bytes, live as after a replay. The local engine gives the live run the whole buffer behind it.",
  oddKeyIsKept: "A key `__proto__` is kept, live as after a replay; the local engine loses it on replay.",
  circularIsNoClone:
    "A circular object is refused like all that cannot be cloned: the attempt fails and is retried. The local engine keeps it and fails while writing its log.",
  ownWords:
    "What cannot be stored is refused in words that name the place in the value; the local engine shows those of its runtime.",
  neverRetried: "A NonRetryableError is not retried whatever its name; the local engine knows it by its name only.",
  messageIsText:
    "The message of an error in the status is a text, as documented; the local engine puts the object that was thrown in its place.",
  refusesWhatIsNoDuration:
    "A sleep refuses what is not a duration; the local engine takes an object and returns at once.",
  refusesWhatIsNoWait:
    "Event types and timeouts of a wait are checked as documented: 1 to 100 characters, 1 second to 365 days; the local engine checks neither.",
  sleepUntilIsJournaled:
    "A finished sleepUntil answers from the journal; the local engine looks at the clock again and throws.",
  eventOnce: "An event ends one wait only; the local engine gives it out again after a pause.",
  finishedTakesNoEvent:
    "An event for a finished instance is refused, as documented; the local engine drops it and reports success.",
  rollbackPhaseIsNamed:
    "A step inside a rollback is refused with the documented text; in the local engine its own disposal of the step object comes first.",
  waitingIsTold:
    "That an instance waits is told as workflow_waiting, and workflow_running when it goes on; the local engine tells neither.",
  pauseIsReportedFirst:
    "Steps are told when the worker reports them, a pause that was asked for meanwhile before them: how the instance's own events and those of its steps mingle is not compared.",
  branchesTakeTurns:
    "Branches that run at once take turns as they like in both engines: their events are compared by branch.",
  timesInMs: "Events tell the times of a step's config in ms; the local engine repeats the words that were given.",
  cutOffIsUntold:
    "What a worker had not reported when its instance was terminated is never told: callbacks in flight, or that it had begun at all. The local engine tells that they started.",
  untilIsMeasured: "How long a sleepUntil takes is measured with the clock when it is called.",
  raceByJournal:
    "On replay a race is decided by the journal's order, as live; in the local engine the first of the branches that are done wins.",
  finalStaysFinal:
    "A step that failed by a NonRetryableError has failed for good; the local engine tries it again after a pause while it has retries left, or waits for it in vain before the pause.",
  sleepsByLength: "The key of a sleep is its name and count; in the local engine its length, too.",
  fatalIsUndone:
    "An instance that errors since a step's value cannot be stored is rolled back like any other; the local engine leaves what it did.",
  lockedIsFatal:
    "A stream that is locked or was read is refused for good like any other that a step cannot return; the local engine tries again, and lets it be caught.",
  goneIsGone:
    "Whatever is asked of a deleted instance is refused by the same WorkflowError; in the local engine only a second delete by the same handle is.",
} as const satisfies Record<string, string>;

export type DifferenceName = keyof typeof DIFFERENCES;
