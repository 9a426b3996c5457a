package support

import (
	"strconv"

	"gatehouse/provider/web"
	"gatehouse/templates"
)

// T-04: the words to say, step by step, in the two languages that staff read out; and what should make them stop.

const scriptSteps = 7

func flags() []string { return []string{"hurry", "authority", "once", "device", "second"} }

// showScript shows one step. It shows nobody, so there is nothing to record.
func (s *Support) showScript(r *web.Request, d desk) (web.Response, error) {
	step, err := strconv.Atoi(r.Query().Get("step"))
	if err != nil || step < 1 || step > scriptSteps {
		step = 1
	}
	key := "support.script." + strconv.Itoa(step)
	words := templates.DeskPart{
		Title: templates.Say{Key: "support.script.step", N: step, Text: strconv.Itoa(scriptSteps)},
		Lead:  []templates.Say{say(key + ".do")},
		Items: []templates.DeskItem{
			{Words: plain(s.Words("en", key+".words", nil)), Lang: "en"},
			{Words: plain(s.Words("es", key+".words", nil)), Lang: "es"},
		},
	}
	ways := templates.DeskPart{Title: say("support.script.ways")}
	if step < scriptSteps {
		ways.Items = append(ways.Items, templates.DeskItem{Words: say("support.script.next"), To: casePlace + "/script?step=" + strconv.Itoa(step+1)})
	}
	if step > 1 {
		ways.Items = append(ways.Items, templates.DeskItem{Words: say("support.script.before"), To: casePlace + "/script?step=" + strconv.Itoa(step-1)})
	}
	ways.Items = append(ways.Items, templates.DeskItem{Words: say("support.case.to"), To: casePlace})
	red := templates.DeskPart{Title: say("support.flags"), Lead: []templates.Say{say("support.flags.lead")}, Grave: true}
	for _, flag := range flags() {
		red.Items = append(red.Items, templates.DeskItem{Words: say("support.flag." + flag)})
	}
	red.Forms = []templates.DeskForm{{Action: casePlace + "/stop", Submit: "support.case.stop", Tone: "grave"}}
	return web.Show(s.page(r, d, "script", words, ways, red)), nil
}
