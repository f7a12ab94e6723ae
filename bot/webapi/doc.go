// Package webapi is the way to Slack's Web API: slack-go's client with what it lacks.
//
// Its one idea: an answer is a yes, a no, or none, and nobody mistakes one for another. slack-go
// takes an answer that says neither "ok" nor an error for a success with nothing in it (nobody in a
// user group, no message posted); here that is an error (client.go). Every call is counted by its
// method and result, and shows the token of the moment, so that a token can be changed without a
// restart (tokens.go).
//
// probe.go asks single questions for `s1bot check` and puts what to do beside an answer.
//
// The rule one must not break: what Slack did not say is an error here, never an empty value.
package webapi
