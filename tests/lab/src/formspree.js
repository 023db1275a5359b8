import { initForm } from '@formspree/ajax';

initForm({ formElement: '#contact', formId: 'lab', origin: location.origin });
