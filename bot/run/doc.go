// Package run runs commands for people in Slack.
//
//	a line, a button, a form ──▶ Runner ──reads──▶ answer, file, page, or a job where it is long
//	                               │  └──changes──▶ approvals/workflow: a request
//	                               └──something is missing──▶ Forms ──filled in, checked──▶ Runner
//	a search box ──▶ Searches
//	a window of text ──▶ Pages
//
// A line that names no command is read as a sentence, and proposed; where it is none, its error is
// a [NoCommandError], so that whoever listens to talk may leave it alone.
//
// The rule one must not break: Invoke is the one path of every invocation, typed, clicked or from a
// form. Whatever has a command run without it runs past the policy.
//
// What has to open a window runs against two clocks of Slack's. A trigger is good for three seconds
// and for one use ("Handling user interaction"), so whatever waits for the console opens the window
// first and fills it later (show.go). And a form is answered in its acknowledgement, due within
// three seconds, so it is checked in two steps: what can be told without the console, under the
// fields while the form is still open (formcheck.go); everything else when it runs, as an answer.
package run
