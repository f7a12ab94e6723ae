package rules

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

const (
	anyRule   = "[star|detection|custom|star custom|hunting|alert|custom detection] (rule|rules|detection rule) [named|called|with name|:] {rule-ids}"
	oneRule   = "[star|detection|custom|star custom] [rule|rules] {rule-ids}"
	namedRule = "[star|detection|custom|star custom] (rule|rules) {rule-ids}" // "turn off LNX-1" is about an endpoint
	thatRule  = "{rule-ids} rule"
)

func rulesWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"<show> {*} [star|detection|custom|star custom|custom detection|hunting] (rules|rule|detections) {*}",
			"(is there|do we have|have we got|are there) [any] [star|detection|custom] (rule|rules|detection|detections) (for|about|on|covering|against|that (covers|detects|catches|looks for)|which (covers|detects|catches|looks for)|detecting|looking for|matching) {name:title}",
			"(is there|do we have|have we got|are there) [any] [star|detection|custom] (rule|rules|detection|detections) (for|about|on|covering|against|that (covers|detects|catches|looks for)|which (covers|detects|catches|looks for)|detecting|looking for) {name:program}",
			"(is|are) [star|detection|custom] (rule|rules) {rule-ids} [still|currently|already] (active|enabled|on|disabled|off|turned on|turned off|running|live|in draft|draft|switched on|switched off)",
			"<show> [star|detection|custom] (rule|rules) [named|called] {rule-ids}", "<show> (status|state|definition|query|details|info) of [star|detection|custom] rule [named|called] {rule-ids}",
			"what (does|is) [star|detection|custom] rule [named|called] {rule-ids} [do|detect|about|look for]", "(which|what) [star|detection|custom] rules (is|are) [currently] {+} {*}",
			"<show> {*} [star|detection|custom|star custom] rules {*}", "<show> rule {rule-ids}", "is rule {rule-ids} [still|currently|already] (active|enabled|on|disabled|off)"},
		Clauses: []string{
			"(by|from|of|owned by) {creator:person}", "(created|written|made|authored|owned|added|defined) by {creator:source}", "(that|which) [have been|are|were] {+}",
			"(with|containing|having|whose) {name:title} in [their|its|the] (name|names|title)", "(named|called|like|about|matching|for) {name:title}",
			"(named|called|like|about|matching) {name:program}", "(are|is) {+}", "(in|at|of|for) {site-ids}",
		},
	}
}

func createWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(create|add|make|write|set up|build|define|draft|start|compose|new|need|i need|i want) [a|an] [new] [{+}] [star|custom|detection] rule [named|called] {name:title}",
	}}
}

func activateWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(activate|enable|re-enable|reactivate|reenable|turn on|switch on|start|resume|arm|go live with|put live|publish|unmute|unpause|deploy) [again] " + anyRule + " [again]",
		"(turn|switch|put|bring) " + anyRule + " [back] (on|live)", "(turn|switch) on [again] {rule-ids} rule", "(set|put|change) " + anyRule + " (to|as|in) [status] active",
		"(make) " + anyRule + " active [again]", "(activate|enable|re-enable|reactivate) " + oneRule, "(turn on|switch on) " + namedRule, "(activate|enable|turn on|switch on) " + thatRule,
		"(turn|switch) " + namedRule + " [back] on",
	}}
}

func disableWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(disable|deactivate|turn off|switch off|stop|pause|mute|silence|suspend|kill|shut off|disarm|retire|switch down|put on hold|take offline) " + anyRule,
		"(turn|switch|shut|take) " + anyRule + " (off|offline)", "(set|put|change) " + anyRule + " (to|as|in) [status] disabled", "(pause|mute|silence|suspend|stop) " + thatRule,
		"(disable|deactivate) " + oneRule, "(turn off|switch off) " + namedRule, "(disable|deactivate|turn off|switch off) " + thatRule, "(turn|switch) " + namedRule + " off",
	}}
}

func deleteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"<delete> " + anyRule, "<delete> " + thatRule,
		"(delete|remove) (rule|rules|star rule|detection rule|custom rule) {rule-ids}", "(delete|remove) " + thatRule,
	}}
}
