// Package roster is who is in a workspace: people, guests, bots and strangers, and the groups they
// form, as the Web API shows them; and the [Directory], in which everything that has an id and a
// name is found.
//
// Who a person is decides what Slack lets through: [User.FullMember] tells those whom a public
// channel takes without an invitation from guests, from strangers of a shared channel and from
// those who left. Somebody who left stays in the directory ([User.Deactivated]): ids in old
// messages and in groups still mean that person, and users.info answers with deleted.
//
// The rule: an id is never given twice, and it shows the name ("U0ALICE00"), so that a failing test
// can be read.
package roster
