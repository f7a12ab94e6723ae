// Package setup is what the bot needs of a Slack app and its workspace, and whether it has it.
//
// Its one idea: the manifest and the check are two sides of one list. manifest.go says which
// scopes, events, tabs and slash command the app has to have, each scope with what needs it;
// check.go asks Slack whether the app that the tokens belong to has them, whether the channels of
// the settings can be posted to and read back, and whether every member of a role is somebody.
//
// The rule one must not break: the check changes nothing, and every line of it that fails says what
// to do.
package setup
