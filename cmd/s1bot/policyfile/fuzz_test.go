package policyfile

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals/policy"
)

var told = regexp.MustCompile(`^p\.yaml(:\d+:\d+)?: .`)

// FuzzRead: no file, however odd, brings the reader down; what it takes is a policy that holds, and nothing that an editor would
// underline; what it refuses, it refuses with a place.
func FuzzRead(f *testing.F) {
	for _, c := range faults() {
		f.Add(c.body)
	}
	for _, body := range goods() {
		f.Add(body)
	}
	s := compiled(f)
	f.Fuzz(func(t *testing.T, body string) {
		file, err := read(body)
		if err != nil {
			require.Regexp(t, told, strings.ReplaceAll(err.Error(), "\r", " "))
			return
		}
		_, err = policy.New(file.Settings)
		require.NoError(t, err)
		if d, ok := document(body); ok && d != nil {
			require.NoError(t, s.Validate(d))
		}
	})
}
