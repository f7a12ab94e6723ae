package rules

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

const (
	oneRule   = "[star|detection|custom|star custom] [rule|rules] {rule-ids}"
	namedRule = "[star|detection|custom|star custom] (rule|rules) {rule-ids}" // "turn off LNX-1" is about an endpoint
	thatRule  = "{rule-ids} rule"
)

func rulesWording() catalog.Wording {
	return catalog.Wording{
		Heads:   []string{"<show> {*} [star|detection|custom|star custom] rules {*}", "<show> rule {rule-ids}", "is rule {rule-ids} [still|currently|already] (active|enabled|on|disabled|off)"},
		Clauses: []string{"(named|called|like|about|matching|for) {name:title}", "(named|called|like|about|matching) {name:program}", "(are|is) {+}", "(in|at|of|for) {site-ids}"},
	}
}

func createWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(create|add|make|write|set up) [a|an] [new] [{+}] [star|custom|detection] rule [named|called] {name:title}"}}
}

func activateWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(activate|enable|re-enable|reactivate) " + oneRule, "(turn on|switch on) " + namedRule, "(activate|enable|turn on|switch on) " + thatRule, "(turn|switch) " + namedRule + " [back] on"}}
}

func disableWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(disable|deactivate) " + oneRule, "(turn off|switch off) " + namedRule, "(disable|deactivate|turn off|switch off) " + thatRule, "(turn|switch) " + namedRule + " off"}}
}

func deleteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(delete|remove) (rule|rules|star rule|detection rule|custom rule) {rule-ids}", "(delete|remove) " + thatRule}}
}
