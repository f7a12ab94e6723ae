package slacksim

import "s1bot/bot/slacksim/state"

// What tests say of a workspace, and what they get to see of it, is what the state of it consists of: see package state.
type (
	Options  = state.Options  // what workspace it is
	Command  = state.Command  // a slash command of the app
	Channel  = state.Channel  // a public or private channel
	Shortcut = state.Shortcut // one of the app's, in Slack's menus
	Message  = state.Message  // a message as it stood when it was looked at
	File     = state.File     // a file that was uploaded, or is about to be
	View     = state.View     // an open modal or an App Home, as it stood when it was looked at
	Surface  = state.Surface  // where a person finds buttons and menus: a Message or a View
	Call     = state.Call     // a request to the Web API, to a response_url or to an upload address
	Ack      = state.Ack      // an envelope's acknowledgement
	Sent     = state.Sent     // an envelope as Slack sent it
)

// Tokens that a workspace accepts unless its Options say otherwise. They look like Slack's (xapp-,
// xoxb-), so a program that checks their form takes them.
const (
	AppToken = state.AppToken
	BotToken = state.BotToken
)
