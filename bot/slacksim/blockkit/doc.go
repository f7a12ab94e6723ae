// Package blockkit is Block Kit as Slack's servers and Slack's client know it: what they refuse,
// what a person reads, and what stands in an input. It knows no workspace: JSON comes in, and
// problems, words or values come out.
//
// The three parts:
//
//   - The rules ([ValidateMessage], [ValidateView], [ValidateOptions]): tables of blocks, elements and texts whose entries say which fields
//     exist, which must be there, and how much they hold. A [Problem] has Slack's words and the JSON pointer to the place.
//   - The reading ([PlainText], [Markup], [ButtonLabels]): blocks as a person sees them, for assertions and for counting mentions.
//   - The inputs ([StateOf], [Enter], [ClientErrors]): what the state of a payload holds, what a person's choice becomes, and what Slack's
//     client refuses before the app hears of it.
//
// The rule: each limit names its source, and where sources disagree the careful value stands. Slack
// refuses a whole payload for one bad block, so a rule that is lenient here hides a message that
// would never appear there. A field that no table names is refused, as Slack refuses it: new fields
// of Slack's are added here first.
package blockkit
