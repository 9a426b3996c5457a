package notify

// Phones says which numbers may be written to. The zero Phones allows the United States and Canada.
type Phones struct {
	Countries []string // ISO 3166-1 alpha-2, the first is where a number without a country code is; none: US, CA
}

// Phone is a number that may be written to, or called.
type Phone struct {
	Number   string // E.164
	Country  string
	Landline bool // call, do not text
}

// PhoneRefusal is why a number cannot be used; its text is a key of the catalogue.
type PhoneRefusal struct{ Key string }

func (r *PhoneRefusal) Error() string { return r.Key }

// Parse reads a number as a person types it. Errors: *PhoneRefusal.
func (p Phones) Parse(typed string) (Phone, error) { return Phone{}, &PhoneRefusal{"phone.error.empty"} }
