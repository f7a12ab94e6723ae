package trail

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// Lengths in characters. A console's answer may have thousands, and a plan may touch thousands of
// things.
const (
	maxQuote     = 300
	maxName      = 80
	namedTargets = 5
)

// Line is s on one line, with what cannot be seen spelled out.
func Line(s string) string {
	return render.Visible(strings.Join(strings.Fields(s), " "))
}

// quote is what somebody else wrote, in quotation marks that it cannot close.
//
// Curly marks become straight ones inside, so that a host named "DC-1” denied it" stays within its
// quotation.
func quote(s string) string {
	return "“" + cut(Line(strings.NewReplacer("“", `"`, "”", `"`).Replace(s)), maxQuote) + "”"
}

// name is what somebody else named, in quotation marks where it could be read as words of ours.
//
// Ordinary names of hosts, people and commands stay without marks, or every sentence would be full
// of them. A space is allowed; a name that reads like words is bounded by what stands around it.
func name(s string) string {
	line := Line(s)
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(" ._-'@", r)
	}
	if line == "" || utf8.RuneCountInString(line) > maxName || strings.ContainsFunc(line, odd) {
		return quote(s)
	}
	return line
}

// cut is s, or its beginning with an ellipsis, in at most that many characters.
func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}

// targets names what a plan touches: the first few, and how many more there are of all.
func targets(plan catalog.Plan, all int) string {
	var names []string
	for _, t := range plan.Targets[:min(len(plan.Targets), namedTargets)] {
		words := name(t.Name)
		if t.Name == "" {
			words = t.Kind + " " + name(t.ID)
		}
		if t.Host != "" && t.Host != t.Name {
			words += " on " + name(t.Host)
		}
		names = append(names, words)
	}
	if more := max(all, len(plan.Targets)) - len(names); more > 0 && len(names) > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}
