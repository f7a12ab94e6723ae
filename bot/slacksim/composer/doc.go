// Package composer is what Slack makes of what a person types: the text that the app gets, and
// beside it the elements of the rich_text block that shows how it looks.
//
// In the text, names become marks ([Composer.Message] writes <@U…>, <#C…>, <!subteam^S…>),
// addresses become links, and & < > are escaped. In the elements, mentions are of type user, code
// and quotations are styles and containers of their own, and inside code a mention stays the text
// <@U…>, for which Slack sends app_mention all the same
// [docs.slack.dev/reference/block-kit/blocks/rich-text-block, …/block-elements/user-element; a
// mention in code as vercel/chat#947 shows it]. The text of a slash command ([Composer.Command]) is
// marked only where the command asks for it with should_escape; then the marks carry names, too.
//
// The rule: what is nobody's name stays as it was typed. A bot that obeys mentions must be tested
// with texts that only look like one.
package composer

// Names says who and what the workspace has, by name or by id.
type Names interface {
	User(nameOrID string) (id, handle string, known bool)
	Group(handleOrID string) (id, handle string, known bool)
	Channel(nameOrID string) (id, name string, known bool) // not a direct message, which has no name to be typed
}

// A Composer is the box in which people of a workspace type.
type Composer struct{ Names Names }
