// Package bot is the Slack side: deliveries come in over Socket Mode, become invocations of commands, and leave as cards.
//
// Its one idea: whatever a person does (types, mentions, clicks, sends a form) becomes one interaction, and every interaction takes
// the same way.
//
//	socketmode ──envelope──▶ inbound.Reader: read once into a Delivery
//	                            ▼
//	               intake.Receiver: writes it down without passwords, acknowledges it. Search boxes (run.Searches) and wrong forms
//	                       (run.Forms) are answered in the acknowledgement
//	                            ▼
//	               intake.Scheduler: its person's turn; clicks that decide wait for nobody's slow command, and what is for one console for no
//	                        other (intake.Pools)
//	                            ▼
//	               handler: one exchange.Interaction: who, where, what. Every one passes the gate: people.Directory says who that is and
//	                        which roles they hold; what comes back is as it was drawn (seal)
//	                            │
//	             ┌──────────────┼─────────────────────────┐
//	             ▼              ▼                         ▼
//	      a word of the     a command that reads      a command that changes
//	      bot's own         run.Runner: policy, run,  approvals/workflow: submit, card,
//	      vocabulary        answer (long ones: jobs)  approve, revalidate, run, watch
//	             └──────────────┼─────────────────────────┘
//	                            ▼
//	               exchange.Responder: for its person alone; Explain: an error in words; post: into Slack
//
// A click on Approve is a word of the bot's own (requestWords) that workflow.Decisions counts; where a question has no answer just then,
// the postponer keeps the click and asks again. ports.go gives the workflow and the jobs their ways to Slack; wire.go puts all of this
// together.
//
// To add a word of the bot's own, give the type that answers it a method and a value in the list beside it (builtins); a new such type
// is a field of answerers.
//
// The rule that must not break: a click is written down before Slack hears that it arrived, one gate decides whether the
// person may be here at all, and one path runs every command, wherever the invocation came from.
package bot
