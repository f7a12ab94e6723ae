// Package people says who somebody in Slack is, which roles of the policy they hold, and who looks
// after the bot.
//
// Its one idea: a question about a person has three answers: yes, no, and cannot tell. What Slack
// does not say is not known, and never no; it travels as an open policy.Answer to the gate that
// asked, which grants nothing then and says which question has no answer.
//
//	Directory   who is this, and what are they through groups and handles? Asked by every gate. It believes for a minute what Slack said
//	            where somebody only looks (Who); for a decision it asks now (Afresh), once a gate (Gate)
//	roster      is an @handle a person's? Slack finds nobody by user name, so the list of all members is read beside everything else
//	LookUp      the other way round: for whom does each member of a role stand? For `s1bot check`
//	RoleWatch   the same while the bot runs: the operators hear once of names that stand for nobody
//	Operators   the channels and people who hear what is wrong with the bot
//
// The rule one must not break: no caller may read an answer that is not there as a no, for "not in
// the group that is denied this" is a yes to everything else.
package people
