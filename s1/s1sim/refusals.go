package s1sim

import (
	"net/http"

	"s1bot/s1/s1sim/wire"
)

// Details of refusals by live consoles, for Fault.Detail. All but the last two come with 403, the
// code 4030010 and the title "Insufficient permissions".
const (
	SiteUser     = "Action is not allowed to site users"                             // of a site's token: rapid7/insightconnect-plugins, pull request 189
	OtherScope   = "Filter args is not compatible with user scope"                   // of a token of several accounts: Sentinel-One/ai-siem
	MultiScope   = "This page doesn't support multi-scopes users yet"                // IOCs, with a token of several accounts: vendor's public tools
	NoRules      = "This scope does not have Custom Rules enabled."                  // without the license: quoted in public reports
	NoProcess    = "This scope cannot have custom rules with Process State queries." // the vendor's example for create-star-custom-rule
	Alone        = "-"                                                               // the title alone: samples/errors__Sentinel-One-ai-siem
	Unfinished   = "Query is not finished yet"                                       // dv/events just after FINISHED, 409: reported, the wording is a guess
	FilesExpired = "The requested files do not exist. Fetched files are deleted after 3 days, or earlier if more than 30 files are fetched."
)

// forbidden is a 403 with a detail, with none (the title alone), or with the usual one.
func (f Fault) forbidden() error {
	f.Status, f.Title = http.StatusForbidden, "Insufficient permissions"
	switch f.Detail {
	case "":
		return wire.Forbidden()
	case Alone:
		f.Detail = ""
	}
	return f.refused()
}

// refused is an error in the vendor's form; its code follows from the status, see wire.Error.
func (f Fault) refused() error {
	e := &wire.Error{Status: f.Status, Title: f.Title}
	if f.Detail != "" {
		e.Detail = f.Detail
	}
	return e
}

// blocked is what a proxy with a filter of its own says: a page, in which nothing is the console's.
func (f Fault) blocked() wire.Answer {
	status := f.Status
	if status == 0 {
		status = http.StatusForbidden
	}
	a := wire.ErrorPage(status, "Access Denied: policy violation")
	if f.Body != "" {
		a.Body = []byte(f.Body)
	}
	return a
}
