package run

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/slack-go/slack"

	"s1bot/bot/exchange"
	"s1bot/bot/home"
	"s1bot/bot/post"
	"s1bot/bot/seal"
	"s1bot/render"
)

// publisher shows Home tabs; slack.Client does.
type publisher interface {
	PublishViewContext(ctx context.Context, r slack.PublishViewContextRequest) (*slack.ViewResponse, error)
}

// fitter puts invocations that are too long for Slack aside; see post.Messenger.
type fitter interface {
	Fitting(ctx context.Context, actions []render.Action) ([]render.Action, error)
}

// Pages show views that answer instead of asking: modals and Home tabs.
type Pages struct {
	Views     views
	Homes     publisher
	Actions   fitter
	Seal      seal.Sealer
	Consoles  []string // their addresses
	Unsettled string   // see post.Messenger
	Operators exchange.Topics
	Log       *slog.Logger
}

// look is how pages are drawn. Whoever sees one sees it alone: there is nothing to share.
func (p *Pages) look() render.Options {
	return render.Options{ConsoleURL: p.Consoles[0], Others: p.Consoles[1:], Public: true, Seal: p.Seal.Click}
}

// fitting is a page whose buttons Slack can carry.
//
// Sections and rows are copied, for the page may be one that others draw from (home keeps what all
// see).
func (p *Pages) fitting(ctx context.Context, page render.Page) (render.Page, error) {
	page = page.On(p.Unsettled)
	sections := make([]render.Section, len(page.Sections))
	for i, s := range page.Sections {
		sections[i] = s
		sections[i].Rows = make([]render.Row, len(s.Rows))
		for j, row := range s.Rows {
			actions, err := p.Actions.Fitting(ctx, row.Actions)
			if err != nil {
				return page, err
			}
			row.Actions = actions
			sections[i].Rows[j] = row
		}
	}
	page.Sections = sections
	return page, nil
}

// modal is a page as its person gets it.
func (p *Pages) modal(ctx context.Context, page render.Page, user string) (slack.ModalViewRequest, error) {
	page, err := p.fitting(ctx, page)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	return p.Seal.Modal(page.Modal(p.look()), user), nil
}

// Open shows a page as a modal of its own, above the one that was clicked in, and returns its id.
func (p *Pages) Open(ctx context.Context, a exchange.Interaction, page render.Page) (id string, err error) {
	if a.Trigger == "" {
		return "", exchange.ErrNoTrigger
	}
	view, err := p.modal(ctx, page, a.User)
	if err != nil {
		return "", err
	}
	show := openView
	if a.View != "" {
		show = pushView
	}
	shown, err := show(ctx, p.Views, a.Trigger, view)
	if err != nil {
		return "", fmt.Errorf("open the window %q: %w", page.Title, err)
	}
	return shown.ID, nil
}

// Update puts a page in the place of what a modal shows.
func (p *Pages) Update(ctx context.Context, user, id string, page render.Page) error {
	view, err := p.modal(ctx, page, user)
	if err != nil {
		return err
	}
	err = post.Retry(ctx, post.IfLost, func() error {
		_, err := p.Views.UpdateViewContext(ctx, view, "", "", id)
		return err
	})
	if post.RefusedWith(err, "not_found") {
		return nil // it was closed
	}
	if err != nil {
		return fmt.Errorf("update the window %q: %w", page.Title, err)
	}
	return nil
}

// Publish shows somebody their Home tab. Blocks that Slack refuses are told about in a tab of one
// sentence: the old one would have live buttons.
func (p *Pages) Publish(ctx context.Context, user string, page render.Page) error {
	page, err := p.fitting(ctx, page)
	if err != nil {
		return err
	}
	err = p.publish(ctx, user, page)
	if post.RefusedWith(err, "invalid_arguments", "invalid_blocks", "invalid_blocks_format", "unsupported_block_type", "view_too_large") {
		p.Log.ErrorContext(ctx, "Slack rejected a Home tab; publishing a plainer one", "user", user, "err", err)
		words := "I couldn't draw this tab. Everything works without it: type /s1 help, or /s1 pending for what's waiting for a decision."
		err = p.publish(ctx, user, render.Page{Sections: []render.Section{{Rows: []render.Row{{Line: render.Line{render.Text(words)}}}}}})
	}
	if post.RefusedWith(err, "not_enabled") {
		p.Operators.Tell(ctx, "not_enabled", "This bot's Home tab is turned off. To show it, turn on App Home → Show Tabs → Home Tab in the settings of this Slack app (home_tab_enabled).")
		return home.ErrOff
	}
	return err
}

func (p *Pages) publish(ctx context.Context, user string, page render.Page) error {
	return post.Retry(ctx, post.IfLost, func() error {
		_, err := p.Homes.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: page.Home(p.look())})
		return err
	})
}

// SentencePage is a page of one sentence.
func SentencePage(title, words string) render.Page {
	return render.Page{Title: title, Sections: []render.Section{{Rows: []render.Row{{Line: render.Line{render.Text(words)}}}}}}
}
