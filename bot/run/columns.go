package run

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/library"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// ColumnsWord is the bot's own word behind the form in which people choose the columns of a kind of
// list.
const ColumnsWord = "columns"

// chosenColumns are a person's columns; see catalog.Columns. Where they cannot be read a list has
// the usual ones.
//
// While a list asks which columns are wanted (Chosen), it tells which there are (Offer), so the
// form knows them without a second list of columns anywhere.
type chosenColumns struct {
	store   library.Columns
	user    string
	log     *slog.Logger
	offered columnsOffer
}

// A columnsOffer is what there is to choose from.
type columnsOffer struct {
	kind   string
	titles []string
	usual  int // so many of the titles, from the first
}

// Chosen are the columns that the person wants of a kind of list.
func (c *chosenColumns) Chosen(ctx context.Context, kind string) []string {
	titles, err := c.store.Columns(ctx, c.user, kind)
	if err != nil {
		c.log.WarnContext(ctx, "cannot read the chosen columns; using the default ones", "user", c.user, "err", err)
	}
	return titles
}

// Offer notes which columns a list has.
func (c *chosenColumns) Offer(kind string, titles []string, usual int) {
	c.offered = columnsOffer{kind, titles, usual}
}

// MaxColumns is how many columns somebody may choose: a table of Slack's takes 20.
const MaxColumns = 20

// pickColumns opens the form in which a person chooses the columns of a list.
//
// The command is run once, for which columns it has is told while it draws. Whoever may not read
// the list does not get so far.
func (r *Runner) pickColumns(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	if err := r.MayRead(ctx, cmd, a); err != nil {
		return err
	}
	call, own := r.Caller.Call(a), &chosenColumns{store: r.Caller.Columns, user: a.User, log: r.Log}
	call.Columns = own
	if _, err := cmd.Run(ctx, call, a.Do.Args); err != nil {
		return workflow.WithCommand(cmd, err)
	}
	if len(own.offered.titles) == 0 {
		return workflow.ErrGone
	}
	list := a.Do
	list.How = render.Turn
	form := own.offered.form(own.Chosen(ctx, own.offered.kind), list)
	form.Origin = a.At
	if !form.Fits() {
		return exchange.ErrFormTooLarge
	}
	return r.Forms.Open(ctx, a, form, Offer(form, a))
}

// form asks which columns of those that there are a person wants to see.
func (o columnsOffer) form(chosen []string, list render.Invocation) render.Form {
	usual := o.titles[:min(o.usual, len(o.titles))]
	if len(chosen) == 0 {
		chosen = usual
	}
	field := render.FormField{Name: "columns", Label: "Columns", Widget: render.MultiSelect, Required: true, Hint: "Shown in the order you pick them. Files always have all columns."}
	for _, title := range o.titles {
		field.Choices = append(field.Choices, render.Option{Label: title, Value: title})
		if slices.Contains(chosen, title) {
			field.Value = append(field.Value, title)
		}
	}
	slices.SortStableFunc(field.Value, func(a, b string) int { return slices.Index(chosen, a) - slices.Index(chosen, b) })
	reset := render.FormField{Name: "reset", Label: "Reset to the default columns", Widget: render.Checkbox, Hint: strings.Join(usual, ", ")}
	return render.Form{
		Title: "Columns", Submit: "Save", Fields: []render.FormField{field, reset},
		Intro: render.Line{render.Text(fmt.Sprintf("These apply to your lists of %s from now on. Nobody else's lists change.", o.kind))},
		Do:    render.Invocation{Command: ColumnsWord, Args: catalog.Marshal(map[string]any{"kind": o.kind, "list": list}), Console: list.Console},
	}
}
