package bot

import (
	"context"

	"s1bot/approvals"
	"s1bot/render"
)

// remind tells those who may approve that a request still waits, in the thread of its card.
func (b *Bot) remind(ctx context.Context) {
	due, err := b.Ledger.RemindDue(ctx)
	if err != nil && ctx.Err() == nil {
		b.Log.Error("cannot look for requests that wait", "err", err)
	}
	for _, req := range due {
		b.work.push(func(ctx context.Context) {
			for _, ref := range req.Heads() {
				if _, _, err := b.post.Post(ctx, ref.Channel, ref.TS, "", b.reminderCard(req)); err != nil {
					b.Log.Warn("cannot remind of a request", "request_id", req.ID, "err", err)
				}
			}
		})
	}
}

func (b *Bot) reminderCard(req approvals.Request) render.Card {
	line := render.Line{render.Text("Still waiting: "), render.Bold(req.Title), render.Text(" · expires "), render.Since(req.Expires)}
	return render.Card{Tone: render.Waiting, Text: "Still waiting for approval: " + req.Title, Parts: []render.Part{line, append(render.Note{render.Text(plural(req.Missing(), "approval") + " needed")}, b.fromWhom(req)...)}}
}
