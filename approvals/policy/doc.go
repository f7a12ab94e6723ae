// Package policy says who may do what, and who must approve it: an [Input] goes in, a [Decision]
// comes out, and nothing is called on the way. It is made from values ([New]), so that the same
// rules can be asked when a request is made, when somebody decides, and again just before it runs;
// and so that a test is a line of text (see testdata).
//
// # The order in which it decides
//
//  1. Who is no full member of the workspace and is named by no role is denied.
//  2. Each thing that is touched is looked at by itself: the rules are tried in order, the policy file's before [Defaults], and the first
//     whose matchers all hold decides. Where none does, the answer is no.
//  3. Of the decisions on all things the strictest holds: deny before unanswered, before approve, before allow. Several that want
//     approvals add up: each [Need] must be met, and one person may meet several.
//  4. What no rule can lift comes last: a guarded command needs an approval, a budget that is spent needs one approver more, and an
//     approval that nobody could give is a refusal at once.
//
// # Three answers
//
// Each question that a rule asks (is this host one of those, is this person in that group, where
// does this lie) has three answers, and so has an [Answer]:
//
//	yes ─────────────▶ the rule may decide
//	no ──────────────▶ the next rule
//	nobody can tell ─▶ both ways are followed; where they differ, the decision is Unanswered, and names the question
//
// What can be told is decided first: one certain no needs no other answer. So a host that a rule
// protects is protected while Slack is down, and somebody who may in no case gets a no and not a
// "try again".
//
// # The rule one must not break
//
// What is not known never reads as no. The zero values of [Answer], [Fact], [Person] and [Decision]
// grant nothing, and a question that nobody asked is one that nobody can tell.
package policy
