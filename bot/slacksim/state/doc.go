// Package state is what there is in a simulated workspace: people, channels, messages, files, open
// views, and the record of what happened.
//
// It is four layers, each of which knows the ones below it and none above:
//
//	State          views on people's screens, the triggers that open them, what was typed and not sent
//	conversations  messages and files, what is unread, and the pages that show it
//	directory      people, groups, channels and direct messages
//	core           settings, the lock, the clock, ids, background work, the record
//
// What Slack refuses is decided by its callers, the parts of package slacksim: here things are
// done, and looked at as the Web API and payloads show them.
//
// The rule: whoever reads or changes anything holds Mu. Nothing here takes it, so that a part can
// do several things in one step.
package state
