package transport

import (
	"net/http"
	"regexp"
	"strings"

	"s1bot/s1/wire"
)

// A Reason is why the console refused a call, as far as its own words tell. A status alone tells
// little: 403 stands for a role without a permission, a token of another scope, a feature without a
// license, and a proxy that blocks.
type Reason int

// The reasons. Unexplained is everything that the words do not settle: they are to be quoted, not
// explained away.
const (
	Unexplained     Reason = iota
	TokenRejected          // wrong, revoked or expired
	LacksPermission        // the role of the token's user
	MayNot                 // role or scope: "Insufficient permissions" and no more
	OutOfScope             // the token belongs to a site, an account or several of them
	FeatureOff             // the scope has no license for it, or has it not switched on
	AlreadyThere           // what is to be made exists
	ValueNamed             // a value is wrong and the message says which
	NotTheConsole          // a page or an answer of something between here and the console
	Retired                // this console no longer has the call, or does not have it yet
	QueryUnread            // the query's text is no query
)

// What live consoles say with each; lower case.
var (
	// "User does not have required permissions.", "User has insufficient permissions to perform the
	// requested action."
	permissionWords = regexp.MustCompile(`required permission|insufficient permission|missing permission|not have (the )?permission|permission denied|unauthorized access`)
	// "Action is not allowed to site users" (rapid7/insightconnect-plugins, pull request 189), "Filter
	// args is not compatible with user scope" and "This page doesn't support multi-scopes users yet"
	// (Sentinel-One/ai-siem).
	scopeWords = regexp.MustCompile(`not allowed (to|for) (site|account|group|tenant|global)|user'?s? scope|multi-?scope|outside (of )?(the|your) scope`)
	// "This scope does not have Custom Rules enabled." (quoted with the code 4030010 by people without
	// the license), "This scope cannot have custom rules with Process State queries." (the vendor's
	// example).
	featureWords = regexp.MustCompile(`this (scope|site|account|tenant|group) (does not have|cannot have|can ?not have)|licen[sc]e|not enabled|entitle|subscription|\bsku\b|add-?on`)
	// "The requested files do not exist. Fetched files are deleted after 3 days, or earlier if more
	// than 30 files are fetched."
	goneWords   = regexp.MustCompile(`expired|deleted after|no longer (kept|available|exist)`)
	existsWords = regexp.MustCompile(`already exist`)
	// "data: analystVerdict: Must be one of …", "filter: ids: 0: Not a valid Identifier.",
	// "dict_values(['xxx']): Unknown field".
	valueWords = regexp.MustCompile(`(^|[;,.] )"?[a-z_][\w.]*"?: |dict_values\(\[|^'[^']+' `)
	// "Don't understand [last]" comes from the data lake with a 500, though nothing is wrong with it;
	// "At character 12: …" from its PowerQuery.
	queryWords = regexp.MustCompile(`^don'?t understand \[|^unable to parse the (entire )?query|^at character \d+|^invalid regular expression \[`)
	vagueWords = regexp.MustCompile(`^(error|message|bad request|invalid|server|exception|status)[\w ]*: `)
)

// reasonFor reads the reason out of an answer.
func reasonFor(call Call, a attempt, code int) Reason {
	text := strings.TrimSpace(string(a.body[:min(len(a.body), 4096)]))
	message, title := messageOf(a.body)
	switch {
	case knownClosed(call, a.status, message): // whatever it answers: a load balancer in front of the console says it with a page
		return Retired
	case a.status == http.StatusProxyAuthRequired, a.status/100 == 4 && a.status != http.StatusTooManyRequests && strings.HasPrefix(text, "<") && call.Link.Empty():
		return NotTheConsole
	case a.status == http.StatusForbidden, a.status == http.StatusUnauthorized:
		return rightsReason(a.status, code, message, title)
	case queryWords.MatchString(message):
		return QueryUnread
	case existsWords.MatchString(message) && (a.status == http.StatusBadRequest || a.status == http.StatusConflict):
		return AlreadyThere
	case featureWords.MatchString(message) && a.status/100 == 4:
		return FeatureOff
	case a.status == http.StatusBadRequest && valueWords.MatchString(message) && !vagueWords.MatchString(message):
		return ValueNamed
	case retired(call, a.status, message):
		return Retired
	}
	return Unexplained
}

// rightsReason tells the kinds of 401 and 403 apart. The detail counts first, for every 4030010 has
// the title "Insufficient permissions".
func rightsReason(status, code int, message, title string) Reason {
	switch {
	case scopeWords.MatchString(message):
		return OutOfScope
	case featureWords.MatchString(message):
		return FeatureOff
	case message != title && permissionWords.MatchString(message), status == http.StatusUnauthorized && permissionWords.MatchString(message):
		return LacksPermission
	case permissionWords.MatchString(message):
		return MayNot
	case status == http.StatusUnauthorized:
		return TokenRejected
	}
	return Unexplained
}

// messageOf is an answer's message in lower case, and its title.
func messageOf(body []byte) (message, title string) {
	var e errorBody
	_ = wire.Decode(body, &e) // what is no JSON is told by readProblem
	words, _ := ReadProblem(0, body)
	if len(e.Errors) > 0 {
		title = strings.Trim(strings.ToLower(e.Errors[0].Title), " .")
	}
	return strings.Trim(strings.ToLower(words), " ."), title
}

// pageInstead says that an answer came from somewhere else, with its title or text for whoever
// looks after that.
func pageInstead(body []byte, message string) string {
	text := strings.TrimSpace(string(body))
	if strings.HasPrefix(text, "<") {
		return webPage(text)
	}
	return message
}

// isExpired tells whether what was asked for was there and is no longer kept. Cloud storage refuses
// a signed link with 403 when its time is over.
func isExpired(call Call, a attempt, message string) bool {
	switch a.status {
	case http.StatusForbidden:
		return !call.Link.Empty()
	case http.StatusNotFound:
		return !call.Link.Empty() || goneWords.MatchString(strings.ToLower(message))
	}
	return false
}
