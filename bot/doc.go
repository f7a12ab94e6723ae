// Package bot is the Slack side: envelopes come in over Socket Mode, become invocations of commands, and leave as cards.
//
// The rule that must not break: a click is written down before Slack hears that it arrived, one gate decides whether the
// person may be here at all, and one path runs every command, wherever the invocation came from.
package bot
