// Package cards turns what the console tells, a threat, an alert, an endpoint, a burst of them,
// into cards, tables and digests of render.
//
// The idea: the same thing looks the same wherever it is met. What the feed posts, what a command
// answers, and the root of a thread are drawn by one function for each kind of thing, from the
// console's own value and nothing else: no look-ups, no clock, no memory. So a card can be drawn
// again, for an edit, as often as the thing changes.
//
//   - Threat, Alert and Agent are cards. A root's card also shows what its Thread adds up to, so that a resolved first threat does not
//     look like the end of a story that goes on below it.
//   - Digest is a burst in one message: counts, a chart, the first rows, and a file of all.
//   - The tables are what lists show, a row a thing.
//   - Action is how a command gets on a card: the commands declare them, the catalog collects them, and whoever draws hands them over.
//     This package knows no command.
//
// Consoles leave out fields, and say "N/A", "None" or "-" for nothing: said and joined drop those,
// and a fact without a value is no fact.
//
// The rule that must not break: a missing value is never shown as one that was told. Where the
// console says nothing of an endpoint's present state, the card has no state, not "offline".
package cards
