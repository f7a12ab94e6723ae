// Package bot is the Slack side: envelopes come in over Socket Mode, become invocations of commands, and leave as cards.
//
// Its one idea: whatever a person does (types, mentions, clicks, sends a form) becomes one interaction, and every interaction takes
// the same way.
//
//	socketmode ──envelope──▶ intake.go: write it down (mask.go: without passwords), acknowledge, queue it
//	                            │            search boxes and forms are answered in the acknowledgement: suggest.go, form.go
//	                            ▼
//	               slash.go · mention.go · actions.go · form.go: an interaction: who, where, what
//	                            │            seal.go: what comes back must be what was drawn
//	                            ▼
//	               admit: the one gate (people.go asks Slack who that is and which roles they hold)
//	                            │
//	             ┌──────────────┼─────────────────────────┐
//	             ▼              ▼                         ▼
//	      a word of the     a command that reads      a command that changes
//	      bot's own         invoke.go: policy, run,   approvals/workflow: submit, card,
//	      builtins.go       answer (jobs.go: long)    approve, look again, run, watch
//	             └──────────────┼─────────────────────────┘
//	                            ▼
//	               reply.go: an answer for its person alone; explain.go: an error in words; post: into Slack
//
// A click on Approve is a word of the bot's own (requests.go) that workflow.Decisions counts; where a question has no answer just then,
// postpone.go keeps the click and asks again. ports.go gives the workflow its way to Slack.
//
// The rule that must not break: a click is written down before Slack hears that it arrived, one gate decides whether the
// person may be here at all, and one path runs every command, wherever the invocation came from.
package bot
