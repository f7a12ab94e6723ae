package policy

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGlobs(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(`
SRV-DC-*  SRV-DC-2    yes
srv-dc-*  SRV-DC-2    yes
SRV-DC-*  XSRV-DC-2   no
SRV-DC-*  SRV-DC      no
*         anything    yes
a?c       abc         yes
a?c       ac          no
*-prod-*  eu-prod-7   yes
*-prod-*  eu-prod     no
a*b*c     a-b-b-c     yes
[a]       a           no
[a]       [a]         yes
[T1059]*  [t1059]-x   yes
[T1059]*  T-x         no
CORP\*    corp\bob    yes
LAB[12]-* LAB1-7      no
LAB[12]-* lab[12]-7   yes
a/*       a/b/c       yes
?ö        äÖ          yes
x         xx          no
*ab       axb         no
a*        a           yes
a**       a           yes
a**b      ab          yes
`) {
		if f := strings.Fields(line); len(f) == 3 {
			require.Equal(t, f[2] == "yes", Pattern(f[0]).Match(f[1]), line)
		}
	}
	for _, name := range []string{"SRV-DC-1 ", "\u00a0srv-dc-1", "SRV-DC-1\t"} {
		require.True(t, Pattern("SRV-DC-1").Match(name), "blanks that nobody sees: %q", name)
		require.True(t, Pattern("SRV-DC-* ").Match(name))
	}
	require.False(t, Pattern("SRV-DC-1").Match("SRV-DC-1 x"))
	require.False(t, Pattern("*").Match(""), "what has no name matches nothing")
}
