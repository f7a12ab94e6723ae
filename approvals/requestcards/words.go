package requestcards

import (
	"encoding/json"

	"s1bot/render"
)

// ShowCardWord is the word of the button that puts a card in the place of what stands in for it.
const ShowCardWord = "card"

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
