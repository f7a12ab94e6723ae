package hunts

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whoever picks the wrong one of two kiosks isolates the wrong one.
func TestEndpointsOfOneNameAreToldApartInAMenu(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"KIOSK · Paris · Windows 11", "kiosk · Lyon · Windows 11", "DESKTOP-1"}, suspectLabels([]suspect{
		{"1", "KIOSK", "Paris", "Windows 11"}, {"2", "kiosk", "Lyon", "Windows 11"}, {"3", "DESKTOP-1", "Paris", "Windows 11"},
	}))
	require.Equal(t, []string{"KIOSK · id 1", "KIOSK · id 2"}, suspectLabels([]suspect{{ref: "1", name: "KIOSK"}, {ref: "2", name: "KIOSK"}}), "nothing else tells")
}
