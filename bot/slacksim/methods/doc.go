// Package methods is the methods of Slack's Web API: what each does to the workspace and what it answers.
//
// How a call is made (arguments, pages, refusals, faults, rates) is package webapi, and what there is in a workspace package state; a
// method reads the one and changes the other. An API takes a call through Slack's own order: arguments, fault, token, scope, required
// fields, rate, and then the method, under the workspace's lock.
//
//	API          the way of a call
//	chatAPI      messages: posted, edited, deleted; who may post where
//	viewAPI      modals and the Home tab
//	directoryAPI people, groups, conversations and their histories
//	fileAPI      uploads in Slack's three steps, and downloads
//
// The rule: what Slack refuses is refused with Slack's own error string, and what the app should never have sent is also written down as a
// violation. A method that a bot needs and that is not here is unknown_method, so it fails in its first test.
package methods
