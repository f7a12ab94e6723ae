package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The short way must say what the expression says, of whatever stands before a sign.
func TestANameIsCutOffAsTheExpressionDoes(t *testing.T) {
	t.Parallel()
	starts := []string{"", "a", "Z", "1", "_", "-", "--", "–", "é", "a1", "a-b", "a_b", "a.b", "a b", "a\u200bb", "a–b", "--a-b", "-1", "limit ", "é1"}
	for _, start := range starts {
		for _, end := range []string{"", "=", "=x", "==", " =x", "\u00a0=x", "é=x", "-=x", "_=1", "9=x y=z"} {
			typed := start + end
			name, value, ok := cutName(typed)
			m := NamePart.FindStringSubmatch(typed)
			require.Equal(t, m != nil, ok, "%q", typed)
			if m == nil {
				require.Equal(t, []string{"", typed}, []string{name, value}, "%q", typed)
				continue
			}
			require.Equal(t, []string{PlainName(m[1]), typed[len(m[0]):]}, []string{name, value}, "%q", typed)
		}
	}
}
