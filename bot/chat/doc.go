// Package chat posts, edits, deletes and finds messages in channels, each call made once.
//
// Its one idea: who calls it keeps what is to be told in a journal and knows when to try again, so
// it is told what became of a call instead of being kept waiting. A Failure in an error's chain
// says it: nothing was done and Slack wants a pause, the message is gone, it cannot be edited any
// more, the channel takes nothing, or nothing was done for another reason. An error without one
// leaves open whether Slack did it. (Package post is for answers: it waits and tries again by
// itself.)
//
// The rule one must not break: what leaves it open whether a message was posted is never reported
// as a refusal, for a refusal is posted again.
package chat
