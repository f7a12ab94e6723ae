// Package webapi is the Web API of Slack as a protocol: what a method wants ([Methods]), how its
// arguments come ([ReadArgs]), in which words it is refused ([Refuse]), how often it may be called
// ([Rates]), how listings come in pages ([Page]), and how calls fail ([Fault]). What a method does
// to a workspace is not known here.
//
// The way of a call, in Slack's order, which the workspace keeps:
//
//	arguments → token → scope → required arguments → rate → the method → {"ok":true,…} or {"ok":false,"error":…}
//
// A refusal is an answer with status 200 and Slack's error string; 429 is the only status that
// means something else than that the network, or a gateway, is broken. A [Fault] may stand before
// the method, so that nothing happens, or behind it ([Fault].After), so that the call took effect
// and only its answer is lost: that is the case in which a client that repeats itself posts twice.
//
// The rule: scopes, tiers and required arguments come from Slack's reference, and a method that the
// table lacks is unknown_method.
package webapi
