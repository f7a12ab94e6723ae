package threats

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

// component is a part of a threat's analysis. The console's call returns all of them; the choice is
// made here.
type component string

func (component) Choices() []s1.Choice {
	return []s1.Choice{
		{Value: "threatInfo", Label: "Threat Info"}, {Value: "indicators", Label: "Indicators"}, {Value: "mitigationStatus", Label: "Mitigation Status"},
		{Value: "agentRealtimeInfo", Label: "Agent Realtime Info"}, {Value: "agentDetectionInfo", Label: "Agent Detection Info"},
		{Value: "containerInfo", Label: "Container Info"}, {Value: "kubernetesInfo", Label: "Kubernetes Info"}, {Value: "ecsInfo", Label: "ECS Info"},
		{Value: "customDetectionRules", Label: "Custom Detection Rules"}, {Value: "whiteningOptions", Label: "Whitening Options"},
	}
}

type analysisParams struct {
	Threat     s1.ThreatID `json:"threat-id" help:"The threat to show, by name or id."`
	Components []component `json:"components,omitzero" help:"The parts to show; all of them if empty."`
}

// GET /private/threats/{id}/analysis is in no document of the vendor's. Its own integrations use it
// with an API token, and it may change or go without notice, which is why there is a way without
// it.
func getThreatAnalysis() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-threat-analysis", Title: "Get Threat Analysis", Area: "threats", Aliases: []string{"analysis", "threat-analysis"}, Main: "threat-id",
		Everyday: 13,
		Wording:  analysisWording(),
		OnCards:  analysisOnCards(),
		Risk:     catalog.Read, Needs: "Endpoint Threats › View", Route: "private/threats/{id}/analysis", Repeatable: true,
		Doc:      "Shows everything the console knows about a threat, or selected parts of it.",
		Examples: []string{"analysis 1112953674841025235", `get-threat-analysis threat-id=1112953674841025235 components=["threatInfo","indicators"]`},
	}, func(ctx context.Context, call *catalog.Call, p analysisParams) (render.Card, error) {
		found, notes, err := analysisOf(ctx, call, p.Threat)
		if err != nil {
			return render.Card{}, err
		}
		card := analysisCard(call, p, found)
		for _, note := range notes {
			card.Parts = append(card.Parts, render.Note{render.Text(note)})
		}
		return listing.Single(call, "threat-analysis", componentsOf(found.Raw, p.Components), card)
	})
}

// analysisOf asks the private path, and the public list where a console does not have it: the same
// objects but for the custom rules. A threat that neither knows is the error of the first.
func analysisOf(ctx context.Context, call *catalog.Call, id s1.ThreatID) (s1.ThreatAnalysis, []string, error) {
	found, err := call.Console.ThreatAnalysis(ctx, id)
	if !s1.Absent(err) {
		return found, nil, err
	}
	threats, listErr := call.Console.ThreatsByID(ctx, []s1.ThreatID{id})
	if listErr != nil || len(threats) == 0 {
		return found, nil, err
	}
	return s1.ThreatAnalysis{Threat: threats[0]}, []string{"This console has no threat analysis. This is what its list of threats shows, without custom detection rules."}, nil
}

// componentsOf are the parts that are wanted of the object, all of them if none are named. It is
// the raw view and the file; the card picks its parts by itself.
func componentsOf(raw json.RawMessage, wanted []component) json.RawMessage {
	fields, err := catalog.Object(raw)
	if err != nil || len(wanted) == 0 {
		return raw
	}
	maps.DeleteFunc(fields, func(name string, _ json.RawMessage) bool { return !slices.Contains(wanted, component(name)) })
	return catalog.Marshal(fields)
}

// analysisCard shows the threat as everywhere, followed by what only the analysis tells; or the
// wanted parts alone. The place of the threat (where it is, how it is) heads the card whatever was
// picked.
func analysisCard(call *catalog.Call, p analysisParams, a s1.ThreatAnalysis) render.Card {
	card := cards.ThreatDetails(a.Threat, call.Console, call.CardActions())
	wanted := p.Components
	if len(wanted) == 0 {
		wanted = []component{"threatInfo", "mitigationStatus", "customDetectionRules", "whiteningOptions"}
	}
	place, threat := card.Parts[0], card.Parts[1:]
	card.Parts = []render.Part{place}
	for _, c := range wanted {
		parts := partOf(c, a)
		if c == "threatInfo" {
			parts = threat
		}
		if len(parts) == 0 && len(p.Components) > 0 {
			parts = []render.Part{render.Line{render.Bold(componentLabel(c)), render.Text(": nothing.")}}
		}
		card.Parts = append(card.Parts, parts...)
	}
	return card
}

// componentLabel is a part's name as the specification has it.
func componentLabel(c component) string {
	for _, choice := range c.Choices() {
		if choice.Value == string(c) {
			return choice.Label
		}
	}
	return string(c)
}

// partOf shows one part of the analysis: those with a form of their own in it, the others as facts.
func partOf(c component, a s1.ThreatAnalysis) []render.Part {
	var part render.Part
	switch c {
	case "indicators":
		part = indicatorTable(a.Indicators)
	case "mitigationStatus":
		part = mitigationTable(a.MitigationStatus)
	case "customDetectionRules":
		part = ruleNames(a.Rules)
	default:
		part = componentFacts(c, a.Raw)
	}
	if part == nil {
		return nil
	}
	return []render.Part{render.Line{render.Bold(componentLabel(c))}, part}
}

// indicatorTable shows what the agent saw, with MITRE's tactics and techniques; nil where it saw
// nothing.
func indicatorTable(indicators []s1.Indicator) render.Part {
	if len(indicators) == 0 {
		return nil
	}
	t := render.Table{Columns: []render.Column{{Title: "Category"}, {Title: "Description"}, {Title: "Tactics and techniques"}}}
	for _, i := range indicators {
		var tactics []string
		for _, tactic := range i.Tactics {
			var names []string
			for _, technique := range tactic.Techniques {
				names = append(names, technique.Name)
			}
			tactics = append(tactics, text.JoinNonEmpty(" ", tactic.Name, strings.Join(names, ", ")))
		}
		t.Rows = append(t.Rows, []render.Line{{render.Text(i.Category)}, {render.Text(i.Description)}, {render.Text(text.JoinNonEmpty("; ", tactics...))}})
	}
	return t
}

// mitigationTable shows the endpoint's reports on what was done about the threat, as the console
// spells their results. Where a report has no end, its last change stands for it.
func mitigationTable(reports []s1.MitigationReport) render.Part {
	if len(reports) == 0 {
		return nil
	}
	t := render.Table{Columns: []render.Column{{Title: "Action"}, {Title: "Result"}, {Title: "Done"}, {Title: "Ended"}}}
	for _, r := range reports {
		n := r.ActionsCounters
		done := ""
		if n.Total > 0 {
			done = fmt.Sprintf("%d of %d", n.Success, n.Total)
		}
		if n.PendingReboot > 0 {
			done += fmt.Sprintf(", %d after a restart", n.PendingReboot)
		}
		ended := r.EndedAt
		if ended.IsZero() {
			ended = r.LastUpdate
		}
		t.Rows = append(t.Rows, []render.Line{{render.Text(strings.ReplaceAll(r.Action, "_", " "))}, {render.Text(r.Status)}, {render.Text(done)}, {render.At(ended.Time)}})
	}
	return t
}

// ruleNames are the custom rules that found the threat; only the private call tells them.
func ruleNames(rules []s1.CustomRule) render.Part {
	var names []string
	for _, r := range rules {
		names = append(names, cmp.Or(r.Name, string(r.ID)))
	}
	if len(names) == 0 {
		return nil
	}
	return render.Line{render.Text(strings.Join(names, ", "))}
}

// maxFacts is how many fields of a part are shown; the raw view has all. Slack takes ten fields in
// a section, so forty are already four of them.
const maxFacts = 40

// componentFacts shows the fields of a part that say something, by their names in words. The fields
// are the console's own, by name: no list of ours has to follow each of its releases.
func componentFacts(c component, raw json.RawMessage) render.Part {
	parts, err := catalog.Object(raw)
	if err != nil {
		return nil
	}
	value := parts[string(c)]
	fields, err := catalog.Object(value)
	if err != nil { // a list of words
		if text := factText(value); text != "" {
			return render.Line{render.Text(text)}
		}
		return nil
	}
	var facts render.Fields
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text := factText(fields[name])
		if text == "" || len(facts) == maxFacts {
			continue
		}
		facts = append(facts, render.Field{Label: fieldWords(name), Value: factLine(fields[name], text), Wide: len(text) > 40})
	}
	if len(facts) == 0 {
		return nil
	}
	return facts
}

// factText is a value as people read it; nothing for objects, which the raw view has.
func factText(value json.RawMessage) string {
	switch string(value) {
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	if catalog.IsEmpty(value) || strings.HasPrefix(string(value), "{") || strings.Contains(string(value), "[{") {
		return ""
	}
	return strings.ReplaceAll(catalog.Joined(value), ",", ", ")
}

// factLine shows a moment in the reader's own zone, and anything else as it is.
func factLine(value json.RawMessage, text string) render.Line {
	var moment s1.Time
	if strings.HasSuffix(text, "Z") && json.Unmarshal(value, &moment) == nil && !moment.IsZero() {
		return render.Line{render.At(moment.Time)}
	}
	return render.Line{render.Text(text)}
}

// fieldWords makes words of a field's name: "agentComputerName" is "Agent computer name".
func fieldWords(name string) string {
	words := strings.Fields(text.SplitCamel(name))
	for i, w := range words {
		if slices.Contains(abbreviations, w) {
			words[i] = strings.ToUpper(w)
		}
	}
	return render.Capital(strings.Join(words, " "))
}

// abbreviations are the words of fields' names that are written in capitals.
var abbreviations = []string{"id", "ip", "os", "upn", "uuid"}
