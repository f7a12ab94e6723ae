// Package changes is the changes of things by their ids: what is sent, and what the console says became of each.
//
//	ByID    {"filter":{"ids":[…]},"data":…}: an action, a verdict, a note
//	Delete  {"data":{"ids":[…]}}
//	Send    any other change whose answer counts what it affects
//
// It is to changes what package pages is to lists. A change is sent once and its answer has one form here, whichever of the console's
// several it came in.
//
// The rule one must not break: what is changed was named. Nothing is sent for an empty list of ids or for something that is no id, since
// a path that changes something takes an empty filter for everything. And an answer that does not count is Unclear: the change may have
// been made, so it is neither repeated nor called a failure.
package changes
