package requestcards

import (
	"encoding/json"

	"s1bot/commands/text"
	"s1bot/render"
)

// ShowCardWord is the word of the button that puts a card in the place of what stands in for it.
const ShowCardWord = "card"

// ReviewWord is the word of the button that shows a request in a window, whole.
const ReviewWord = "review"

// About is an invocation of one of the bot's own words on a request.
//
// It carries the request's id and nothing else. Who may do it, and whether it still can be done, is
// asked when it is clicked.
func About(word, id string) render.Invocation {
	args, _ := json.Marshal(map[string]string{"request": id})
	return render.Invocation{Command: word, Args: args}
}

// aboutWith is About with something that was typed.
func aboutWith(word, id, name, typed string) render.Invocation {
	args, _ := json.Marshal(map[string]string{"request": id, name: typed})
	return render.Invocation{Command: word, Args: args}
}

// aboutAsked is about for the buttons of who asked, whose message nobody else sees.
func aboutAsked(word, id string) render.Invocation {
	args, _ := json.Marshal(map[string]any{"request": id, "asked": true})
	return render.Invocation{Command: word, Args: args}
}

// DenialForm asks why somebody denies what do is about, with a reason that was typed already.
func DenialForm(title string, at render.Origin, do render.Invocation, typed string) render.Form {
	why := render.FormField{Name: "reason", Label: "Why?", Hint: "The requester will see this, and it's kept in the audit trail.", Widget: render.MultiLine, Required: true, MaxLength: 1000}
	if typed != "" {
		why.Value = []string{text.Shorten(typed, why.MaxLength)}
	}
	return render.Form{Title: title, Submit: "Deny", Origin: at, Do: do, Fields: []render.FormField{why}}
}
