package manual

import (
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// Reference is the catalog as a page for operators, in Markdown: by area, each command with what it
// does, who may run it, which permission the console's token needs, its parameters, and examples. A
// test compares it with commands/README.md byte for byte.
func Reference(c *catalog.Catalog) []byte {
	var b strings.Builder
	b.WriteString("# The commands\n\nGenerated from the catalog by `make generate`; a test checks that it is up to date. In Slack, `/s1 help <command>` shows the same.\n\n")
	b.WriteString("`/s1 <command> name=value …`, or `@s1bot <command> …` in a thread, or `<command> …` in the direct message with the bot. Destructive commands take `reason=` (required) and `ticket=`;\n")
	b.WriteString("commands that change something take both as options. Wherever an id is expected, you can give a name, also under `siteIds`,\n")
	b.WriteString("`accountIds`, `groupIds` and `agentIds` of a filter; if several things share the name, you choose from a list.\n\n")
	b.WriteString("Put values with spaces in quotes; lists are `a,b` or JSON; filters and policies are JSON. Times are `2026-11-20 14:00`, RFC 3339,\n")
	b.WriteString("`yesterday 14:00`, `-24h` or `in 4h`; they are in your own time zone unless they name another: `14:00 UTC`, `+02:00`,\n")
	b.WriteString("`Europe/Berlin`.\n")
	var areas []string
	for _, cmd := range c.Commands() {
		if !slices.Contains(areas, cmd.Area) {
			areas = append(areas, cmd.Area)
		}
	}
	for _, area := range areas {
		fmt.Fprintf(&b, "\n## %s\n", render.Capital(area))
		for _, cmd := range c.Commands() {
			if cmd.Area == area {
				commandReference(cmd, &b)
			}
		}
	}
	return []byte(b.String())
}

// commandReference is one command's part of the page.
func commandReference(cmd *catalog.Command, b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n`%s`", cmd.Title, cmd.Name)
	for _, alias := range cmd.Aliases {
		fmt.Fprintf(b, ", `%s`", alias)
	}
	fmt.Fprintf(b, "\n\n%s\n\n- Risk: %s%s\n", cmd.Doc, cmd.Risk, waits(cmd))
	if cmd.Own {
		b.WriteString("- The bot's own command: not one of the specification's 80\n")
	}
	if cmd.Needs != "" {
		fmt.Fprintf(b, "- The console token's role needs: %s\n", cmd.Needs)
	}
	if cmd.Undo != "" {
		fmt.Fprintf(b, "- Undo: `%s`\n", cmd.Undo)
	}
	if cmd.Timed {
		fmt.Fprintf(b, "- Time limit: `for=4h` (%s). The bot warns before the end, with buttons to extend it or undo it right away; when the time is up, it asks an approver to run `%s`\n", text.SpanBounds, cmd.Undo)
	}
	if len(cmd.Params) > 0 {
		b.WriteString("\n| parameter | takes | for |\n|---|---|---|\n")
	}
	for _, p := range cmd.Params {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", p.Name, paramTakes(p), cell(p.Help))
	}
	for _, rule := range crossRules(cmd) {
		b.WriteString("\n")
		for _, s := range rule {
			if s.Kind == render.MonoSpan {
				s.Text = "`" + s.Text + "`"
			}
			b.WriteString(s.Text)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n```\n")
	for _, example := range cmd.Examples {
		fmt.Fprintf(b, "/s1 %s\n", example)
	}
	b.WriteString("```\n")
}

// waits says whether somebody else has to approve the command.
func waits(cmd *catalog.Command) string {
	switch {
	case cmd.Guarded:
		return "; somebody else always has to approve it"
	case cmd.Risk == catalog.Destructive:
		return "; waits for an approval"
	}
	return ""
}
