// Package delivery brings what the journal has to Slack, at Slack's pace, and keeps it up to date
// there.
//
// Each channel has a sender of its own. It asks the journal what is to be posted next and what is
// to be edited, does one of each, and rests; nothing else decides what it does, so a process that
// starts anew goes on where the last one was. A notice goes through these states:
//
//	Due ──Save──▶ Sending ──Slack's answer──▶ Delivered ◀──edit── (the item changed in the console)
//	 │               │                            │
//	 │               ├──Slack said no: Due        └──the message was deleted: Due
//	 │               └──no answer, or a crash: looked for in the channel (unconfirmed.go)
//	 └──too many at once──▶ Listed: the digest tells of it
//
// What is promised when Slack fails: nothing is dropped, however long the outage. A pause that
// Slack asks for (429) holds the whole channel, so that the order stays; a card that fails again
// and again steps aside, and a plain one is tried in its place. A channel that takes no messages is
// tried once a minute, and meanwhile its notices go to the operators' channel. A message that
// somebody deleted or that cannot be edited any more is posted anew when there is something new to
// say.
//
// A channel takes about one message a second, and people fewer. So more than a handful at once
// become a digest (burst.go): one message that counts them, with a file of all in its thread. What
// is urgent keeps a card of its own.
//
// The rule one must not break: the journal comes first. A notice is Sending before Slack is called,
// and what Slack answered is saved before the next call. A post is never repeated because its
// answer got lost, but only because a look in the channel did not find it.
package delivery
