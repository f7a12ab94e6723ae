package bot

import (
	"context"
	"slices"

	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/render"
)

// maxTold bounds how many operators are written to where no channel takes what they must know.
const maxTold = 20

// tellOperators tells those who look after the bot that something is wrong with it, once for as long as topic is not settled: in the first
// channel of theirs that takes it, else each operator by direct message.
func (b *Bot) tellOperators(ctx context.Context, topic, words string) {
	if _, told := b.topics.LoadOrStore(topic, true); told {
		return
	}
	b.Log.Warn("told the operators", "topic", topic)
	b.toOperators(context.WithoutCancel(ctx), render.Card{Tone: render.Warning, Title: "The bot needs attention", Text: words, Parts: []render.Part{render.Line{render.Text(words)}}})
}

// settleTopic says that what operators were told of is well again, if they were told.
func (b *Bot) settleTopic(ctx context.Context, topic, words string) {
	if _, told := b.topics.LoadAndDelete(topic); !told {
		return
	}
	b.toOperators(context.WithoutCancel(ctx), render.Card{Tone: render.Good, Title: "Working again", Text: words, Parts: []render.Part{render.Line{render.Text(words)}}})
}

func (b *Bot) toOperators(ctx context.Context, card render.Card) {
	for _, channel := range slices.Compact(append([]string{b.Policy().Channel()}, b.OperatorChannels...)) {
		if channel == "" {
			continue
		}
		if _, _, err := b.post.Post(ctx, channel, "", "", card); err == nil {
			return
		}
	}
	for _, user := range b.operators(ctx) {
		if _, _, err := b.post.Post(ctx, user, "", "", card); err != nil {
			b.Log.Error("cannot tell an operator", "user", user, "err", err)
		}
	}
}

// operators are the people who hold the role, as far as they are named, or Slack says who is in their groups.
func (b *Bot) operators(ctx context.Context) (users []string) {
	for _, m := range b.Policy().MembersOf([]string{policy.Operators}) {
		switch id := string(m); {
		case post.IsPerson(id):
			users = append(users, id)
		case m.Group():
			users = append(users, b.groupMembers(ctx, id)...)
		case m.Handle() != "":
			if group, _ := b.people.group(ctx, m.Handle(), b.Now().Add(-peopleTTL)); group.ID != "" {
				users = append(users, b.groupMembers(ctx, group.ID)...)
			}
		}
	}
	slices.Sort(users)
	users = slices.Compact(users)
	return users[:min(len(users), maxTold)]
}

func (b *Bot) groupMembers(ctx context.Context, group string) []string {
	members, _ := b.people.membersOf(ctx, group, b.Now().Add(-peopleTTL)).Value()
	return members
}
