package rules

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

const (
	oneRule  = "[star|detection|custom|star custom] [rule|rules] {rule-ids}"
	thatRule = "{rule-ids} rule"
)

func rulesWording() catalog.Wording {
	return catalog.Wording{
		Heads:   []string{"<show> {*} [star|detection|custom|star custom] rules {*}", "<show> rule {rule-ids}"},
		Clauses: []string{"(named|called|like|about|matching|for) {name:title}", "(named|called|like|about|matching) {name:program}", "(in|at|of|for) {site-ids}"},
	}
}

func activateWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(activate|enable|turn on|switch on) " + oneRule, "(activate|enable|turn on|switch on) " + thatRule, "(turn|switch) " + oneRule + " [back] on"}}
}

func disableWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(disable|deactivate|turn off|switch off) " + oneRule, "(disable|deactivate|turn off|switch off) " + thatRule, "(turn|switch) " + oneRule + " off"}}
}

func deleteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{"(delete|remove) (rule|rules|star rule|detection rule|custom rule) {rule-ids}", "(delete|remove) " + thatRule}}
}
