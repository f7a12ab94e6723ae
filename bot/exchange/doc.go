// Package exchange is one thing that one person wants of the bot, as Slack brought it, and how they
// are answered.
//
//	Interaction   who, where, what: typed, clicked, or sent with a form
//	   │ Gate         may they be here at all? Yes, no, or nobody can tell
//	   │ Settler      for which console it is
//	   ▼ …            the bot's own words and the commands: package bot
//	Responder     the answer, for their eyes alone where they asked; a word where it takes long (slow notice)
//	Explain       an error in words, by what they can do about it
//
// What somebody said beside the parameters (why, a ticket, for how long) and the console travel
// with errors ([WithExtras], [OnConsole]), so that the buttons of an explanation go on with them.
//
// The rule one must not break: an answer is for the person who asked. It goes where only they see
// it, unless Slack leaves no such place, and then it says for whom it is.
package exchange
