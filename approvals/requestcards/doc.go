// Package requestcards draws what people see of a request that waits for a second person, and of
// what became of it.
//
// Its one idea: a card is a function of its row. What a card shows is read from the row each time
// it is drawn (with the policy, for who may approve, and the freeze that holds now), so that any
// process can edit any card at any time, after a crash as well, and two that draw the same row draw
// the same card. Nothing here asks the console or Slack, or remembers what it drew.
//
// One row is shown in several messages, each for its reader:
//
//	Drawer.Request      the approvals channel: who wants what on which things, the buttons, and later how it ended
//	Drawer.Placeholder  the same channel, while nobody can tell whether Slack took the card
//	Drawer.Reminder     its thread, before the request expires
//	Asked               the requester, while it waits; without the buttons that are not theirs
//	Result, ResultCopy  the thread and the requester, once it ended, and again as the endpoints follow
//	Offer               whoever wrote about a decision without making one
//	EndsSoon, TermNote  the thread and the requester, as an isolation for a time comes to its end
//	Extended and others the thread, as its end is put off
//	Longer              whoever wants an isolation extended and names its endpoint
//
// Drawer.For knows from a message's CardRef which of them it is.
//
// What is drawn depends on the state first, and on whether a run may have begun (Fence): of what
// may have run no card says that nothing was done.
//
//	pending       who asks, what it touches, what is missing                   Approve, Deny, Withdraw
//	approved      the same; where it is held, the question without an answer
//	done, failed  what happened first: the endpoints' word before the console's  what the command offers, extensions
//	denied, expired, withdrawn, not run   that and why, then what it would have touched
//	interrupted   why nobody knows                                            Run again, Close
//
// The rule one must not break: buttons carry the id of the request and nothing of what it does.
// Whoever clicks, the row decides, so a card that Slack would not let the bot edit can look wrong
// and cannot do wrong.
package requestcards
