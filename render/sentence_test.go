package render

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeysKeepTheirLettersInSentences(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"createdAt__gte is no time":        "createdAt__gte is no time.",
		"computerName cannot be that":      "computerName cannot be that.",
		"get-threat-notes needs threat-id": "get-threat-notes needs threat-id.",
		"end-time is before start-time":    "end-time is before start-time.",
		"ids: the list is empty":           "ids: the list is empty.",
		"sha1 is missing":                  "sha1 is missing.",
		"name=value is what it takes":      "name=value is what it takes.",
		"tgt.file.path is unknown":         "tgt.file.path is unknown.",
		"there is no command \"x\"":        "There is no command \"x\".",
		"élan is a word":                   "Élan is a word.",
		"nobody may. Ask!":                 "Nobody may. Ask!",
		"DESKTOP-1 is there":               "DESKTOP-1 is there.",
		"\"limit\" is 0 to 1000":           "\"limit\" is 0 to 1000.",
		"  spaces go  ":                    "Spaces go.",
		"fine.":                            "Fine.",
		"":                                 "",
		"ß":                                "ß.",
	} {
		require.Equal(t, want, Sentence(words))
	}
}
