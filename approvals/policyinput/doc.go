// Package policyinput finds out what the policy must be told of what a change touches.
//
// Its one idea: a rule about a host, a tag, a group or a site holds from every direction. A threat
// is asked about as the host that it is on, looked up now; a change of a place is asked about as
// the place and as everything that lies in it, as far as a rule or role may ask for it.
//
//	plan ──▶ things: their own row, and of threats and alerts the endpoint   ──▶ policy.Target each
//	     └─▶ places: tenant, account, site, group: what they are (base) and what lies in them (within)
//
// The rule one must not break: what the console does not say stays unknown (policy.Unknown), with
// the question in words. It is never left out, for a target that is left out is one that no rule
// denies.
package policyinput
