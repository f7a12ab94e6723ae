// Package seal marks what the bot draws, so that it knows it again when it comes back from Slack.
//
// Its one idea: what a button or a form carries goes through Slack and comes back with a click. It
// decides nothing by itself: whoever clicks passes the same gates as somebody who types. But people
// click on what they see, so what comes back must be what was drawn: values carry a tag that only
// the bot can make, and a form's tag holds for the person whom the form was opened for. The value
// of a menu needs none: it must be one of those that the form offers.
//
// The rule one must not break: nothing that came back is read before its tag was compared.
package seal
