package portal

// DemoApps are the three sample apps: two of the clinic's own and one from
// outside. Fill in the ClientID and ClientSecret of those you registered.
func DemoApps() []App {
	return []App{
		{
			Path:    "records",
			Name:    "Records",
			Intro:   "Read your test results, your vaccines and the notes of your visits.",
			Ask:     "Show my records",
			Reports: true,
			Items: []Item{
				{Title: "Immunization record (sample)", Detail: "Seasonal flu vaccine", InDays: -40},
				{Title: "Lab result (sample)", Detail: "Vitamin D, in the usual range", InDays: -12},
				{Title: "Visit note (sample)", Detail: "Yearly check-up", InDays: -12},
			},
			Act: &Act{
				Button: "Download my records",
				Done:   "Your records are ready (sample).",
				ACR:    []string{"urn:gatehouse:acr:phr"},
			},
		},
		{
			Path:  "scheduling",
			Name:  "Scheduling",
			Intro: "See the visits you have planned, and when to come.",
			Ask:   "Show my appointments",
			Items: []Item{
				{Title: "Eye exam (sample)", Detail: "Main building, second floor", InDays: 3},
				{Title: "Video visit (sample)", Detail: "A link comes by email one day before", InDays: 17},
			},
			Act: &Act{
				Button: "Book an appointment",
				Done:   "Your appointment is booked (sample).",
				ACR:    []string{"urn:gatehouse:acr:aal2", "urn:gatehouse:acr:phr"},
			},
		},
		{
			Path:  "tracker",
			Name:  "Step Tracker",
			Intro: "An app from outside the clinic that counts your steps. You choose what it may see.",
			Ask:   "Show my steps",
			Items: []Item{
				{Title: "6,120 steps (sample)", Detail: "A fine day", InDays: -1},
				{Title: "4,875 steps (sample)", Detail: "It rained", InDays: -2},
			},
		},
	}
}
