import intlTelInput from 'intl-tel-input';

intlTelInput(document.getElementById('phone'), { initialCountry: 'fr', hiddenInputs: () => ({ phone: 'full_phone' }) });
