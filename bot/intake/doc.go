// Package intake is the way of a delivery from its arrival to its person's turn.
//
// Its one idea: Slack waits three seconds for an acknowledgement and people wait for an answer, so
// the two are apart. A delivery is written down and acknowledged by a Receiver, which waits for the
// database alone; a Scheduler then works on it, once, when its person's turn comes.
//
//	socket ──▶ Receiver ──▶ saved in the Inbox ──▶ acknowledged ──▶ Scheduler
//	             │ cannot be saved: no acknowledgement; the person          │ Classify: which slots; Pools: on which console
//	             │   reads that nothing was done                            ▼
//	             │ a search box, a wrong form: the acknowledgement        waits ──▶ too much of theirs waits: told so, finished
//	             │   is the answer, nothing is saved                        │   ╲─▶ the process stops: HandBack, for another one
//	             ▼ talk among people: nothing is saved                      ▼
//	          forgotten                                                  Handler works on it ──▶ finished
//	                                                                        │ ErrPostponed: in Waiting, and unfinished in the Inbox,
//	                                                                        ▼   until TakeUpLater
//	                                            a crash anywhere after "saved": TakeUpLeftovers does so, here or in another process
//
// While envelopes come in, other work begins a little later (AcksFirst). What the program itself
// has to do goes through Chores.
//
// The rule one must not break: nothing is acknowledged that is not saved, nothing is worked on that
// is not acknowledged, and only the Scheduler finishes a delivery. In any other order a crash loses
// a click or has it run twice.
package intake
