import { sentences } from './de-sentences.ts';
import type { en } from './en.ts';
import { numberIn, signedIn } from './numbers.ts';

/** Deutsch. */
export const de: typeof en = {
  languageName: 'Deutsch',
  locale: 'de',
  needsScripts:
    'Diese Seite braucht JavaScript; erlauben Sie es für diese Adresse und laden Sie die Seite neu.',
  researchUse:
    'Nur für die Forschung. Kein Medizinprodukt: Ein Wert ist keine Diagnose und darf nicht über die Behandlung entscheiden.',
  skipToContent: 'Zum Inhalt',
  mainNavigation: 'Hauptnavigation',
  language: 'Sprache',
  navigation: {
    patients: 'Patienten',
    users: 'Personen',
    audit: 'Protokoll',
    account: 'Konto',
    about: 'Über crepitus',
  },
  roles: { administrator: 'Verwaltung', clinician: 'Klinik', reader: 'Lesen' },
  rolesExplained: {
    administrator: 'alles, was die Klinik darf; lädt Personen ein, liest das Protokoll',
    clinician: 'trägt Patienten und Besuche ein, lädt hoch, löscht',
    reader: 'sieht und hört alles, ändert nichts',
  },
  signOut: 'Abmelden',
  save: 'Speichern',
  saved: 'Gespeichert.',
  working: 'Einen Moment …',
  drafts: {
    restored: 'Was Sie hier vorher eingegeben haben, ist noch nicht gespeichert.',
    discard: 'Verwerfen',
    typedSince: 'Gespeichert, aber nicht, was Sie seitdem eingegeben haben.',
    signOut: 'Sie haben etwas eingegeben, das nicht gespeichert ist und verloren ginge. Trotzdem abmelden?',
  },
  changedMeanwhile: {
    title:
      'Noch nicht gespeichert: Jemand hat dies geändert, seit Sie es geöffnet haben. Sehen Sie es oben an und speichern Sie dann noch einmal.',
    explained: 'Jemand hat hier Änderungen gespeichert, seit Sie es geöffnet haben. Was sich unterscheidet:',
    taken: 'von der anderen Person geändert und nicht von Ihnen. Jetzt im Feld:',
    own: 'Ihre Eingabe behalten:',
    saved: 'Andere Eingabe übernehmen:',
  },
  yes: 'ja',
  no: 'nein',
  decimal: numberIn('de'),
  notSaid: 'nicht angegeben',
  tooManyTries: (seconds: number) =>
    seconds < 90
      ? `Zu viele Versuche; warten Sie ${seconds} ${seconds === 1 ? 'Sekunde' : 'Sekunden'}.`
      : `Zu viele Versuche; warten Sie ${Math.ceil(seconds / 60)} Minuten.`,
  notFound: {
    title: 'Hier ist nichts',
    text: 'Die Seite gibt es nicht, sie wurde gelöscht oder gehört zu einer anderen Klinik.',
    back: 'Zu den Patienten',
  },
  broken: {
    title: 'Diese Seite ist fehlgeschlagen',
    text: 'Das Portal ist hieran gescheitert; sein Protokoll auf dem Server sagt, woran. Gespeichertes ist nicht verloren.',
    again: 'Noch einmal',
  },

  signIn: {
    title: 'Anmelden',
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    button: 'Anmelden',
    help: 'Kein Konto oder Passwort verloren? Die Verwaltung Ihrer Klinik gibt Ihnen einen einmaligen Link.',
    secondFactor: 'Zweiter Faktor',
    code: 'Code aus Ihrer Authenticator-App',
    backupCode: 'Ersatzcode',
    useBackupCode: 'Ich habe mein Gerät nicht: Ersatzcode verwenden',
    useCode: 'Code aus der App verwenden',
    startAgain: 'Noch einmal mit dem Passwort beginnen',
    confirm: 'Bestätigen',
  },
  join: {
    title: 'Konto anlegen',
    newPasswordTitle: 'Neues Passwort setzen',
    newPasswordFor: email =>
      `Für das Konto ${email}. Sein zweiter Faktor wird entfernt; richten Sie ihn danach neu ein.`,
    asRole: (role, clinic) => `${role}, ${clinic}`,
    firstAdministrator: 'Sie werden die Verwaltung einer neuen Klinik.',
    clinicName: 'Name der Klinik',
    name: 'Ihr Name, wie ihn das Protokoll zeigt',
    email: 'E-Mail-Adresse zum Anmelden',
    password: 'Passwort',
    passwordRule:
      'Mindestens 12 Zeichen; die Länge zählt, nicht Sonderzeichen. Vier Wörter ohne Zusammenhang sind eine gute Wahl.',
    button: 'Konto anlegen',
    newPasswordButton: 'Passwort setzen',
    usedTitle: 'Dieser Link gilt nicht mehr',
    used: 'Er wurde benutzt oder ist abgelaufen. Die Verwaltung Ihrer Klinik gibt Ihnen einen neuen.',
    usedFirst:
      'Der erste Link eines neuen Portals steht auf dem Terminal, auf dem es gestartet wurde; ein neuer Start druckt einen neuen.',
  },

  patients: {
    title: 'Patienten',
    search: 'Pseudonym suchen',
    searchHint: 'Ein Teil genügt. Die Eingabetaste öffnet den Patienten, sobald nur einer übrig ist.',
    shown: (first, last, all) =>
      first === 1 && last === all
        ? `${all} ${all === 1 ? 'Patient' : 'Patienten'}`
        : `Patienten ${first} bis ${last} von ${all}`,
    pages: 'Seiten der Liste',
    pagesBelow: 'Seiten der Liste, unter ihr',
    page: (page, pages) => `Seite ${page} von ${pages}`,
    before: 'Seite davor',
    after: 'Nächste Seite',
    none: 'Noch kein Patient.',
    noneHint: 'Tragen Sie unten den ersten ein, unter einem Pseudonym, das nur Ihre Klinik auflösen kann.',
    noneReader: 'Eintragen können Klinik und Verwaltung.',
    noMatch: 'Kein Pseudonym enthält das.',
    add: 'Neuer Patient',
    pseudonym: 'Pseudonym',
    pseudonymHint: 'Keine Namen: zum Beispiel eine Studiennummer.',
    birthYear: 'Geburtsjahr',
    sex: 'Geschlecht',
    sexes: { female: 'weiblich', male: 'männlich', other: 'divers', unknown: 'nicht angegeben' },
    notes: 'Notizen',
    visits: 'Besuche',
    lastVisit: 'Letzter Besuch',
    create: 'Patienten eintragen',
  },
  patient: {
    edit: 'Angaben ändern',
    visits: 'Besuche',
    noVisits: 'Noch kein Besuch.',
    noVisitsHint: 'Tragen Sie einen Besuch ein und fügen Sie dann seine Aufnahmen hinzu.',
    noVisitsReader: 'Eintragen können Klinik und Verwaltung.',
    newVisit: 'Neuer Besuch',
    day: 'Tag des Besuchs',
    createVisit: 'Besuch eintragen',
    recordingCount: count =>
      count === 0 ? 'keine Aufnahmen' : count === 1 ? '1 Aufnahme' : `${count} Aufnahmen`,
    deleteTitle: 'Diesen Patienten löschen',
    deleteText:
      'Löscht den Patienten mit allen Besuchen, Aufnahmen und Ergebnissen endgültig. Das Protokoll behält, dass es ihn gab und wer ihn gelöscht hat, ohne den Inhalt.',
    deleteConfirm: pseudonym => `Zum Bestätigen ${pseudonym} eingeben`,
    deleteButton: 'Endgültig löschen',
    born: year => `geboren ${year}`,
  },
  visit: {
    change: 'Tag und Notizen ändern',
    title: day => `Besuch vom ${day}`,
    recordings: 'Aufnahmen',
    none: 'Noch keine Aufnahme.',
    noneHint: 'Wählen Sie unten die Stelle am Brustkorb und legen Sie dann die Dateien dieser Stelle ab.',
    noneReader: 'Aufnahmen hinzufügen können Klinik und Verwaltung.',
    add: 'Aufnahmen hinzufügen',
    chooseSite: 'Wo war das Stethoskop?',
    front: 'Vorn',
    back: 'Rücken',
    left: 'L',
    right: 'R',
    siteOf: 'Stelle am Brustkorb',
    siteMissing: 'Stelle nicht angegeben',
    noSite: 'Nicht bekannt, oder mehrere Kanäle',
    device: 'Stethoskop oder Rekorder',
    deviceHint: 'Zum Beispiel Littmann CORE',
    choose: 'Dateien wählen',
    accepted: megabytes =>
      `WAV, FLAC oder MP3, je bis ${megabytes} MB und 30 Minuten. Dateinamen und Zusatzangaben werden nicht behalten.`,
    uploading: (name, percent) => `${name}: ${percent} % gesendet`,
    checking: name => `${name}: wird geprüft`,
    uploaded: (name, number) => `${name} ist Aufnahme ${number}.`,
    refused: name => `${name} wurde nicht hinzugefügt`,
    deleteVisit: 'Diesen Besuch löschen',
    deleteVisitText: 'Löscht den Besuch mit allen Aufnahmen und Ergebnissen endgültig.',
    tableNumber: 'Aufnahme',
    tableSite: 'Stelle',
    tableLength: 'Länge',
    tableState: 'Analyse',
    tableQuality: 'Qualität',
    crackleCycles: (crackles, scored) =>
      scored === 0 ? 'kein Atemzyklus bewertet' : `${crackles} von ${scored} Atemzyklen Knistern genannt`,
    notScored: count => `${count} nicht bewertet`,
  },
  files: {
    drop: 'Legen Sie Aufnahmen hier ab, oder einen Ordner davon.',
    chooseFolder: 'Ordner wählen',
    found: (taken, leftOut) =>
      [
        taken === 0 ? 'Darin ist keine Datei in WAV, FLAC oder MP3' : `${taken} genommen`,
        leftOut === 0 ? '' : `; ${leftOut} andere ${leftOut === 1 ? 'Datei' : 'Dateien'} ausgelassen`,
        '.',
      ].join(''),
    unreadable: 'Der Browser kann diesen Ordner nicht lesen; versuchen Sie es mit dem Knopf.',
    same: (name, number) =>
      `${name} wurde nicht hinzugefügt: Dieser Ton ist schon Aufnahme ${number} dieses Besuchs.`,
    addAgain: 'Trotzdem hinzufügen',
    siteRecorded: (site, number) => `${site}: Aufnahme ${number} ist schon von dieser Stelle.`,
    nextSite: site => `Weiter mit: ${site}`,
    leave: 'Dateien sind noch unterwegs; die wartenden würden nicht gesendet. Die Seite trotzdem verlassen?',
  },
  states: {
    waiting: 'wartet',
    'at-work': 'wird analysiert',
    done: 'fertig',
    failed: 'fehlgeschlagen',
  },
  recording: {
    title: number => `Aufnahme ${number}`,
    loading: 'Der Ton wird geholt …',
    drawnTo: seconds => `Bisher gezeichnet: bis ${seconds} s …`,
    soundFailed: 'Der Ton kann nicht gezeigt werden',
    details: 'Angaben',
    length: 'Länge',
    rate: 'Abtastrate',
    channelName: 'Kanal',
    format: 'Datei, wie hochgeladen',
    device: 'Rekorder',
    uploaded: 'Hochgeladen',
    channel: index => `Kanal ${index + 1}`,
    quality: 'Qualität',
    earlierStands: 'Gezeigt wird die Analyse davor; sie gilt, bis eine neue fertig ist.',
    newFailed: 'Eine neue Analyse ist fehlgeschlagen',
    qualityNotJudged: 'Nicht beurteilt: das geschieht mit der Analyse.',
    qualityGood: 'Nichts gefunden, was die Werte zweifelhaft macht.',
    analysis: 'Analyse',
    progress: percent => `${percent} % der Atemzyklen sind bewertet`,
    waits: 'Die Analyse wartet, bis sie an der Reihe ist. Sie können die Seite verlassen; sie läuft weiter.',
    failedTitle: 'Die Analyse ist fehlgeschlagen',
    retry: 'Noch einmal versuchen',
    analyseAgain: 'Neu analysieren',
    view: 'Ton und Bild',
    waveform: 'Wellenform',
    waveUnit: 'Amplitude, Anteil der Vollaussteuerung',
    mel: 'Log-Mel-Bild',
    melUnit: 'Frequenz, Hz',
    timeUnit: 'Zeit, s',
    melKinds: { fine: 'fein', network: 'wie der Detektor es sieht' },
    pictureDescription: seconds =>
      `Wellenform und Log-Mel-Bild über ${seconds} Sekunden; die Tabelle darunter enthält die Atemzyklen mit Zeiten und Befunden.`,
    play: 'Abspielen',
    pause: 'Anhalten',
    playCycle: 'Diesen Atemzyklus abspielen',
    chooseHint:
      'Wählen Sie einen Atemzyklus im Bild, in der Tabelle oder mit J und K, um zu lesen, was sein Wert sagt.',
    marks:
      'Streifen: orange, wo der Detektor einen Atemzyklus Knistern nennt, schraffiert, wo er nicht bewertet; die Balken darunter zeigen, was für seine Netze für Knistern spricht. Dreiecke im Log-Mel-Bild: einzelnes Knistern, in der Wellenform gefunden.',
    speed: 'Tempo',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    showAll: 'Alles',
    position: (at, all) => `${at} von ${all} s`,
    keys: 'Tasten',
    cycles: 'Atemzyklen',
    cycle: 'Atemzyklus',
    from: 'Von',
    to: 'Bis',
    finding: 'Detektor',
    score: 'Wert',
    candidatesShort: 'Knistern ein / aus',
    candidates: {
      counted:
        'Einzelnes Knistern wird nach fester Regel in der Wellenform gezählt, ohne die Netze, in Ein- und Ausatmung.',
      independent: 'Der Detektor zählt es nicht: Die beiden Befunde sind unabhängig voneinander.',
      dependent:
        'Auch der Detektor zählt es, unter seinen Messgrößen des Klangs: Sein Wert und das einzelne Knistern sind nicht unabhängig voneinander.',
    },
    noCycles: 'Es wurde kein Atemzyklus gefunden.',
    crackle: 'Knistern genannt',
    clear: 'nicht Knistern genannt',
    abstained: 'nicht bewertet',
    explained: (score, threshold, above) =>
      above
        ? `Atemzyklus mit Wert ${score}: nicht unter ${threshold}, ab wo dieser Detektor einen Atemzyklus Knistern nennt.`
        : `Atemzyklus mit Wert ${score}: unter ${threshold}, ab wo dieser Detektor einen Atemzyklus Knistern nennt.`,
    notCalibrated: 'Ein Wert ordnet Atemzyklen nur; er ist keine Wahrscheinlichkeit.',
    calibrated: 'Die Werte sind kalibriert; gewählt nach:',
    parts: (networks, measures, together, isCalibrated) =>
      `Log-Odds: Netze ${networks}, Messgrößen des Klangs ${measures}, zusammen ${together}${isCalibrated ? ' vor der Kalibrierung' : ''}. Sekunden, Frequenzbänder und Klassenaktivierung erklären nur den Teil der Netze.`,
    evidence: spans => `Was für seine Netze für Knistern spricht, liegt bei ${spans} s.`,
    restsOn: 'Worauf die Werte beruhen',
    learnedFrom: text => `Der Detektor hat gelernt aus ${text}.`,
    learnedPart: (dataset, subjects, recordings, cycles, unit) =>
      `${dataset} (${subjects} Personen, ${recordings} Aufnahmen, ${cycles} ${unit === 'cycle' ? 'Atemzyklen' : 'Ereignisse'})`,
    thresholdChosenBy: 'Seine Schwelle wurde gewählt nach:',
    detector: (id, version) => `Detektor ${id} ${version}`,
    checksum: 'sha256',
    summary: (crackles, scored) =>
      scored === 0
        ? 'Kein Atemzyklus konnte bewertet werden.'
        : `Knistern genannt: ${crackles} von ${scored} bewerteten ${scored === 1 ? 'Atemzyklus' : 'Atemzyklen'}.`,
    abstentions: count =>
      count === 1
        ? '1 Atemzyklus wurde nicht bewertet; die Tabelle sagt, warum.'
        : `${count} Atemzyklen wurden nicht bewertet; die Tabelle sagt, warum.`,
    sources: {
      'icbhi-text': 'Die Atemzyklen stammen aus einer Annotation.',
      'sprsound-json': 'Die Atemzyklen sind annotierte Ereignisse.',
      manifest: 'Die Atemzyklen stammen aus einer Tabelle.',
      'by-hand': 'Die Atemzyklen wurden von Hand gesetzt.',
      airflow: 'Die Atemzyklen stammen aus dem Kanal des Atemflusses.',
      sound: 'Die Atemzyklen wurden im Ton selbst gefunden; prüfen Sie sie mit dem Ohr.',
      windows: 'Im Ton wurde keine Atmung gefunden: Die Atemzyklen sind Fenster fester Länge.',
    },
    twoParts:
      'Ein Wert hat zwei Teile, addiert in Log-Odds: was seine Netze in den Bildern sehen, und eine Regression auf Messgrößen des Klangs.',
    inspiration: {
      whole: 'Der Detektor nimmt jeden Atemzyklus als Ganzes, ohne Ein- und Ausatmung zu trennen.',
      share: percent =>
        `Der Detektor nimmt die ersten ${percent} % jedes Atemzyklus als Einatmung, ob gemessen oder nicht.`,
      measured: percent =>
        `Der Detektor nimmt die Einatmung bis zu ihrem gemessenen Ende, wo ein Atemzyklus eines hat, sonst die ersten ${percent} % des Atemzyklus.`,
      candidatesByShare: percent =>
        `Einzelnes Knistern zählt in den ersten ${percent} % eines Atemzyklus zur Einatmung: Ihr Ende wurde nicht gemessen.`,
      candidatesMeasured:
        'Einzelnes Knistern zählt zu Ein- oder Ausatmung nach dem gemessenen oder geschätzten Ende der Einatmung.',
    },
    edit: 'Stelle und Rekorder',
    delete: 'Diese Aufnahme löschen',
    deleteText: 'Löscht die Aufnahme und ihre Ergebnisse endgültig.',
    previous: 'Vorige Aufnahme',
    next: 'Nächste Aufnahme',
  },
  view: {
    listening: 'Hören',
    pitch: 'Wenn langsam',
    pitchKept: 'Tonhöhe bleibt',
    pitchLowered: 'tiefer, Knistern gedehnt',
    allowed: (least, most, inUse) =>
      `Nur ${least} bis ${most}; ${inUse === null ? 'in Gebrauch ist nichts' : `in Gebrauch ist weiter ${inUse}`}.`,
    waveScale: (to, zoom) =>
      zoom === 1 ? `Achse bis ±${to}` : `Achse bis ±${to}: ×${zoom}, Lauteres ist abgeschnitten`,
    highPass: 'Hochpass',
    lowPass: 'Tiefpass',
    gain: 'Verstärkung',
    gainHeld: db => `Auf ${db} dB begrenzt: mehr würde übersteuern.`,
    loop: 'Schleife',
    playSelection: 'Auswahl abspielen',
    zoomToSelection: 'Auswahl vergrößern',
    notHeard: 'Der Ton kann nicht abgespielt werden',
    noOutput:
      'Dieser Browser hat keine Ausgabe für Ton. Schließen Sie Lautsprecher oder Kopfhörer an, prüfen Sie, ob die Seite Ton abspielen darf, und versuchen Sie es noch einmal.',
    readingHint: 'Auf ein Bild zeigen: Zeit, Frequenz und Pegel; ziehen wählt aus.',
    reading: (seconds, hz, level, amplitude) =>
      [
        `${seconds} s`,
        hz === null ? null : `${hz} Hz`,
        level === null ? null : `Pegel ${level} dB`,
        amplitude === null ? null : `Amplitude ${amplitude}`,
      ]
        .filter(part => part !== null)
        .join(' · '),
    signed: signedIn('de'),
    picture: 'Bild',
    colours: 'Farben',
    colourMaps: { magma: 'magma', viridis: 'viridis', cividis: 'cividis', paper: 'grau auf weiß' },
    contrast: 'Dynamikumfang',
    brightness: 'Helligkeit',
    automatic: 'Automatisch',
    lowest: 'Von',
    highest: 'bis',
    allFrequencies: 'Alle Frequenzen',
    drag: 'Ziehen',
    drags: { select: 'wählt aus', zoom: 'vergrößert' },
    melLegend: {
      others:
        'dunkel: leise, hell: laut; von jeder Spalte der lauteste Augenblick, damit kurzes Knistern bleibt',
      paper:
        'weiß: leise, schwarz: laut; von jeder Spalte der lauteste Augenblick, damit kurzes Knistern bleibt',
    },
    overview: 'Gezeigter Teil der Aufnahme',
    shown: (from, to) => `Gezeigt: ${from} bis ${to} s.`,
    shownRange: (low, high) => `${low} bis ${high} Hz.`,
    ticks: step => `Ein Strich der Zeitachse: ${step} s.`,
    loudest: (level, at) => `Am lautesten: Amplitude ${level} bei ${at} s.`,
    inView: (cycles, crackles, events) =>
      [
        cycles === 1 ? '1 Atemzyklus' : `${cycles} Atemzyklen`,
        crackles === null ? '' : `, ${crackles} mit Knistern`,
        events === null
          ? ''
          : events === 1
            ? '; 1 einzelnes Knistern'
            : `; ${events} einzelne Knistergeräusche`,
        '.',
      ].join(''),
    phaseEnds: assumed =>
      `dunkler: Ausatmung; eine Linie am Ende der Einatmung${assumed ? ', gestrichelt, wo dafür ein fester Anteil des Atemzyklus angenommen ist' : ''}`,
    activation:
      'Was die Netze fanden (Klassenaktivierung, Logit ihres Teils des Wertes je Sekunde): oben spricht für Knistern, unten dagegen',
    singleCrackles: 'Einzelnes Knistern, zeitlich gedehnt',
    previousCandidate: 'Voriges Knistern',
    nextCandidate: 'Nächstes Knistern',
    expanded: 'Gedehnte Wellenform',
    expandedDescription: (from, to) => `Wellenform von ${from} bis ${to} s`,
    magnification: speed => `etwa ${speed} mm je Sekunde`,
    window: 'Fenster',
    playWindow: 'Fenster abspielen',
    noCandidateChosen:
      'Um den Zeiger. Ein Knistern aus der Liste oder mit . und , wählen, um seine Breiten zu sehen.',
    candidateWords: (number, all, time, kind, idw, twoCycles, ldw) =>
      `Knistern ${number} von ${all} bei ${time} s, ${kind}: IDW ${idw} ms, 2CD ${twoCycles} ms, LDW ${ldw} ms.`,
    candidatesSummary: count =>
      count === 0
        ? 'In der Wellenform wurde kein einzelnes Knistern gefunden.'
        : `${count === 1 ? '1 einzelnes Knistern wurde' : `${count} einzelne Knistergeräusche wurden`} in der Wellenform gefunden.`,
    counts: 'Einzelnes Knistern nach Phase und Art',
    each: 'Jedes einzelne Knistern',
    phase: 'Phase',
    phases: { inspiration: 'Einatmung', expiration: 'Ausatmung' },
    noPhase: 'Phase nicht bekannt',
    thirds: { early: 'früh', middle: 'Mitte', late: 'spät' },
    kind: 'Art',
    kinds: { fine: 'fein', coarse: 'grob' },
    together: 'Zusammen',
    time: 'Zeit, s',
    level: 'Über dem Schall ringsum, dB',
    widths:
      'IDW: Breite des ersten Ausschlags. 2CD: Dauer zweier Schwingungen. LDW: Breite des größten Ausschlags. Fein: 2CD unter 10 ms und LDW unter 2 ms.',
    bands: (number, hasMeasures) =>
      `Atemzyklus ${number}: Änderung des Wertes, wenn dieses Band vor den Netzen verdeckt ist${hasMeasures ? ' (die Messgrößen des Klangs bleiben)' : ''}`,
    band: 'Band',
    scoreWithout: 'Wert ohne das Band',
    change: 'Änderung',
    keyList: [
      ['Leertaste', 'abspielen, anhalten'],
      ['J, K', 'nächster, voriger Atemzyklus'],
      ['Enter', 'den gewählten Atemzyklus abspielen'],
      ['. ,', 'nächstes, voriges einzelnes Knistern'],
      ['O', 'das gedehnte Fenster abspielen'],
      ['B, Umschalt + B', 'die Auswahl beginnt, endet am Zeiger'],
      ['P', 'die Auswahl abspielen'],
      ['Umschalt + P', 'Schleife ein, aus'],
      ['W', 'die Auswahl vergrößern'],
      ['Esc', 'keine Auswahl'],
      ['← →', 'den Zeiger bewegen'],
      ['Umschalt + ← →', 'um eine halbe Seite blättern'],
      ['Umschalt + ↑ ↓', 'die Linie der Frequenz bewegen und ansagen'],
      ['+ −', 'vergrößern, verkleinern'],
      ['0', 'alles zeigen'],
      ['F, Umschalt + F', 'weniger, mehr Frequenzen'],
      ['G, Umschalt + G', 'höhere, tiefere Frequenzen'],
      ['V, Umschalt + V', 'Wellenform höher, niedriger'],
      ['T', 'das andere Bild'],
      ['< >', 'langsamer, schneller'],
      ['Strg + Mausrad', 'am Mauszeiger vergrößern; mit Umschalt in der Frequenz'],
      ['Umschalt + Ziehen', 'in den Kasten hinein vergrößern'],
    ],
  },
  browser: {
    title: 'In diesem Browser analysieren',
    short: 'Hier analysieren',
    invitation: 'Kein Konto? Aufnahmen lassen sich in diesem Browser analysieren; sie verlassen ihn nicht.',
    what: 'Aufnahmen hierher ziehen oder mit einem Mikrofon abhören. Dieser Browser rechnet alles selbst: nichts wird gesendet oder gespeichert, und was hier steht, ist fort, sobald die Seite geschlossen wird.',
    loading: 'Der Detektor wird geladen (6 MB, einmal) …',
    ready: 'Bereit.',
    readyOffline: 'Bereit. Diese Seite geht ab jetzt auch ohne Netz.',
    notReady: 'Der Detektor lässt sich nicht laden',
    files: 'Aufnahmen',
    accepted: 'WAV, FLAC oder MP3, eine oder mehrere. Sie bleiben in diesem Browser.',
    analysed: 'Hier analysiert',
    recording: 'Aufnahme',
    actions: 'Aktionen',
    cancel: 'Abbrechen',
    cancelled: 'abgebrochen',
    remove: 'Entfernen',
    saveJson: 'Ergebnisse als JSON sichern',
    saveJsonHint: 'Dasselbe, was „crepitus screen --json“ für diese Dateien schreibt.',
    saveWav: 'Als WAV sichern',
    live: 'Live abhören',
    listen: 'Abhören',
    stop: 'Beenden',
    restsOn: 'Beruht auf, s',
    restsOnHint:
      'Wo ein Atemzyklus Knistern genannt wird, stehen gleich die Sekunden da, die für die Netze dafür sprechen; ihr Verlauf und die Frequenzen kommen nach dem Beenden.',
    liveHint: minutes =>
      `Atemzyklen werden bewertet, wenn sie enden, einige Sekunden später; die ersten kommen nach etwa drei Atemzyklen. Beim Beenden, spätestens nach ${minutes} Minuten, wird der Ton zu einer Aufnahme und als Ganzes neu analysiert: Atemzyklen können dann andere Grenzen und andere Werte haben.`,
    noBreathYet: 'Noch kein Atemzyklus gefunden.',
    liveCycles: 'Bisher gehörte Atemzyklen, die neuesten zuerst',
    runningPicture: 'Log-Mel-Bild der letzten Sekunden; die Tabelle darunter enthält die Atemzyklen.',
    leave:
      'Eine hier gehörte Aufnahme ist nicht gespeichert und ginge verloren. Die Seite trotzdem verlassen?',
    heardName: stamp => `gehört ${stamp}.wav`,
  },
  microphone: {
    input: 'Eingang',
    standard: 'Standardeingang dieses Rechners',
    inputHint:
      'Ein elektronisches Stethoskop erscheint hier, wenn der Rechner es für ein Mikrofon hält; die Namen der Eingänge erscheinen, sobald das Mikrofon einmal erlaubt wurde. Echounterdrückung, Rauschunterdrückung und automatische Verstärkung sind abgeschaltet.',
    level: 'Pegel',
    decibels: decibels => `${numberIn('de')(String(decibels))} dB`,
    clipped: 'Zu laut: der Ton ist übersteuert; die Verstärkung verringern.',
    problems: {
      refused: () =>
        'Das Mikrofon ist nicht erlaubt; bitte in der Adresszeile des Browsers für diese Seite erlauben und neu beginnen.',
      missing: () => 'Es gibt kein Mikrofon; bitte eines anschließen und neu beginnen.',
      busy: () =>
        'Das Mikrofon ist belegt oder gestört; bitte andere Programme schließen, die es benutzen, und neu beginnen.',
      gone: () => 'Das Mikrofon ist fort; bitte anschließen oder ein anderes wählen und neu beginnen.',
      insecure: () =>
        'Browser geben ein Mikrofon nur Seiten über https oder localhost; bitte diese Seite dort öffnen.',
      failed: why => `Die Aufnahme vom Mikrofon ist gescheitert: ${why}.`,
    },
  },
  recorder: {
    title: 'Hier aufnehmen',
    hint: 'Von einem elektronischen Stethoskop, das der Rechner für ein Mikrofon hält, für die oben gewählte Stelle. Die Aufnahme bleibt in dieser Seite, bis sie hochgeladen oder verworfen ist.',
    recordAt: site => `Aufnehmen: ${site}`,
    stop: 'Beenden',
    wave: duration => `Wellenform der letzten Sekunden, ${duration} aufgenommen`,
    taken: (duration, rate) => `Aufgenommen: ${duration} bei ${rate} Hz.`,
    listen: 'Anhören',
    upload: 'Hochladen',
    again: 'Noch einmal hochladen',
    discard: 'Verwerfen',
    sending: 'wird gesendet',
    notSent: 'Die Aufnahme wurde nicht hochgeladen und ist noch hier',
    uploaded: number => `Hochgeladen als Aufnahme ${number}.`,
    next: site => `Weiter mit: ${site}.`,
    judging: 'Die Aufnahme wird beurteilt …',
    notJudged: 'Die Aufnahme konnte nicht beurteilt werden',
    breaths: count => (count === 1 ? '1 Atemzyklus gefunden.' : `${count} Atemzyklen gefunden.`),
    onceMore:
      'Zu viele Griffgeräusche, zu leise, zu laut? Hören Sie hinein und nehmen Sie noch einmal auf, solange der Patient da ist.',
    recordAgain: 'Noch einmal aufnehmen',
    leave: 'Die Aufnahme ist nicht hochgeladen und ginge verloren. Die Seite trotzdem verlassen?',
  },
  called: {
    right: (dataset, { unit, cycles, crackles, interval: [low, high], from, leftOut }) =>
      [
        `Von ${cycles} ${unit === 'cycle' ? 'Atemzyklen' : 'Ereignissen'}, die dieser Detektor Knistern nannte, hatten ${crackles} Knistern (${Math.round((100 * crackles) / cycles)} %; 95-%-Intervall innerhalb von ${Math.round(100 * low)} bis ${Math.round(100 * high)} %). `,
        `Gezählt in ${dataset}, an Patienten, aus denen seine Netze nicht gelernt hatten, ab Wert ${numberIn('de')(from.toFixed(3))}`,
        leftOut === 0
          ? '.'
          : `; ${leftOut}, deren Wert über oder unter seiner Schwelle liegen kann, sind ausgelassen.`,
      ].join(''),
    unknown:
      'Wie oft dieser Detektor recht hat, wenn er einen Atemzyklus Knistern nennt, ist nicht bekannt: zu wenige gezählte Fälle.',
    byDetector: (detector, sentence) => `${detector}: ${sentence}`,
  },
  scoreCases: {
    counted: (dataset, { crackles, cycles, subjects, unit, interval: [low, high] }) =>
      `Von so bewerteten ${unit === 'cycle' ? 'Atemzyklen' : 'Ereignissen'} hatten in ${dataset} ${Math.round((100 * crackles) / cycles)} % Knistern (${crackles} von ${cycles} ${unit === 'cycle' ? 'Atemzyklen' : 'Ereignissen'}, ${subjects} Personen; 95-%-Intervall ${Math.round(100 * low)} bis ${Math.round(100 * high)} %).`,
    none: 'Wie viele so bewertete Atemzyklen Knistern haben, ist nicht bekannt: Dieser Detektor bringt keine gezählten Fälle mit.',
    tooFew: 'Wie viele so bewertete Atemzyklen Knistern haben, ist nicht bekannt: zu wenige solche Fälle.',
    countedIn: (dataset, cycles, subjects, unit) =>
      `Was Atemzyklen eines Wertes waren, wurde gezählt an ${cycles} ${unit === 'cycle' ? 'Atemzyklen' : 'Ereignissen'} von ${subjects} Personen aus ${dataset}, normal oder mit Knistern, ohne Giemen`,
    mayDiffer: 'Andere Patienten und Rekorder können davon abweichen.',
  },
  account: {
    title: 'Konto',
    changePassword: 'Passwort ändern',
    currentPassword: 'Jetziges Passwort',
    newPassword: 'Neues Passwort',
    passwordChanged: 'Das Passwort ist geändert; andere Sitzungen sind beendet.',
    secondFactor: 'Zweiter Faktor',
    secondFactorOn: 'Bei jeder Anmeldung wird ein Code aus Ihrer Authenticator-App verlangt.',
    secondFactorOff:
      'Nicht eingerichtet. Mit ihm öffnet ein gestohlenes Passwort allein nichts: Ein Telefon mit Authenticator-App zeigt bei jeder Anmeldung einen Code.',
    setUp: 'Einrichten',
    step1: 'Nehmen Sie diesen Code mit Ihrer Authenticator-App auf:',
    qrCode: 'QR-Code für die Authenticator-App; der Schlüssel darunter sagt dasselbe',
    step1Key:
      'Oder geben Sie dort diesen Schlüssel ein (zeitbasiert, 6 Ziffern), oder öffnen Sie den Link auf dem Gerät mit der App. Der Code wird auf dieser Seite gezeichnet und nirgendwohin gesendet.',
    step1Link: 'In der Authenticator-App öffnen',
    step2:
      'Bewahren Sie diese Ersatzcodes sicher auf. Jeder öffnet das Konto einmal, wenn das Gerät verloren ist:',
    step3: 'Geben Sie den Code ein, den die App jetzt zeigt:',
    turnOff: 'Abschalten',
    sessionEnds: 'Eine Sitzung endet nach einer Stunde ohne Nutzung und in jedem Fall nach zwölf Stunden.',
  },
  sessions: {
    title: 'Wo Sie angemeldet sind',
    own: 'diese Sitzung',
    unknownBrowser: 'Ein Programm, das sich nicht nennt',
    times: (started, used, ends) =>
      `seit ${started}, zuletzt benutzt ${used}, endet ${ends}, wenn sie nicht mehr benutzt wird`,
    nowhereElse: 'Sonst sind Sie nirgends angemeldet.',
    endOthers: 'Anderswo abmelden',
  },
  users: {
    title: 'Personen',
    invite: 'Jemanden einladen',
    role: 'Rolle',
    note: 'Für wen (Ihre Notiz)',
    inviteButton: 'Einmaligen Link erzeugen',
    linkReady:
      'Geben Sie diesen Link auf sicherem Weg weiter; er gilt einmal und sieben Tage lang. Er wird nur jetzt gezeigt:',
    copy: 'Kopieren',
    copied: 'Kopiert.',
    secondFactor: 'Zweiter Faktor',
    closed: 'geschlossen',
    you: 'Sie',
    close: 'Konto schließen',
    open: 'Wieder öffnen',
    newPassword: 'Link für ein neues Passwort',
    change: 'Ändern',
  },
  queue: {
    before: count => (count === 0 ? 'als nächste' : `${count} vor ihr`),
    sentence: count =>
      count === 0
        ? 'Sie ist die nächste.'
        : count === 1
          ? 'Vor ihr kommt 1 Aufnahme.'
          : `Vor ihr kommen ${count} Aufnahmen.`,
  },
  openLinks: {
    title: 'Offene Links',
    none: 'Kein Link ist offen.',
    purpose: 'Link für',
    account: role => `ein Konto (${role})`,
    password: email => `ein neues Passwort von ${email}`,
    madeBy: 'Erzeugt von',
    until: 'Gilt bis',
    withdraw: 'Zurückziehen',
  },
  audit: {
    title: 'Protokoll',
    intro:
      'Wer wann was gesehen oder geändert hat. Einträge lassen sich nicht ändern; „npm run portal -- audit verify“ auf dem Server prüft, dass keiner fehlt.',
    time: 'Zeit',
    who: 'Wer',
    what: 'Was',
    record: 'Eintrag',
    details: 'Einzelheiten',
    older: 'Ältere Einträge',
    newest: 'Neueste Einträge',
    shown: (count, newest, oldest) =>
      count === 1 ? `1 Eintrag: ${newest}.` : `${count} Einträge: ${newest} bis ${oldest}.`,
    notUnderstood: unknown =>
      `Die Adresse dieser Seite fragt nach etwas, das das Protokoll nicht kennt (${unknown.map(each => `„${each}“`).join(', ')}), deshalb steht hier nichts.`,
    none: 'Kein Eintrag.',
    noneSuch: 'Kein Eintrag ist so. Fragen Sie nach weniger.',
    missing: {
      person: 'Diese Person gibt es im Protokoll Ihrer Klinik nicht.',
      patient: 'Diesen Patienten gibt es im Protokoll Ihrer Klinik nicht.',
    },
    filter: 'Nur zeigen',
    person: 'Person',
    everybody: 'alle',
    personHint: 'Was sie getan hat und was mit ihrem Konto geschah.',
    patient: 'Patient',
    patientHint:
      'Alles, was zu ihm gehört: Besuche, Aufnahmen, Berichte, Exporte. Die Liste der Patienten, die alle zeigt, gehört nicht dazu.',
    unknownPatient: pseudonym =>
      `Kein Patient heißt ${pseudonym}. Zu einem gelöschten führt der Link in einem Eintrag.`,
    deletedPatient:
      'Ein gelöschter Patient und was zu ihm gehörte, bis Sie einen anderen nennen oder alles zeigen. Was eine frühere Version gelöscht hat, ist nur mit den eigenen Einträgen zu finden.',
    day: 'Tag',
    apply: 'Zeigen',
    all: 'Alles zeigen',
    allOfPatient: 'alles zu diesem Patienten',
    notSignedIn: 'nicht angemeldet',
    actions: {
      view: 'angesehen',
      create: 'angelegt',
      change: 'geändert',
      delete: 'gelöscht',
      analyse: 'analysieren lassen',
      review: 'beurteilt',
      withdraw: 'zurückgenommen',
      download: 'Ton abgerufen',
      export: 'exportiert',
      invite: 'eingeladen',
      join: 'beigetreten',
      'sign-in': 'angemeldet',
      'sign-out': 'abgemeldet',
      refuse: 'abgewiesen',
      verify: 'geprüft',
    },
    wordTakenBack: 'Urteil zurückgenommen',
    refused: {
      password: 'abgewiesen: Passwort',
      code: 'abgewiesen: Code des zweiten Faktors',
      'backup-code': 'abgewiesen: Ersatzcode',
    },
    refusals: {
      'invalid-email-or-password': 'falsch',
      'invalid-password': 'falsch',
      'invalid-code': 'falsch oder zu alt',
      'invalid-backup-code': 'falsch oder schon benutzt',
      'code-used': 'schon benutzt',
      'account-disabled': 'richtig, aber das Konto ist geschlossen',
      'too-many-tries': 'zu viele Versuche; spätere derselben Viertelstunde haben keinen Eintrag',
      'account-temporarily-locked': 'zu viele falsche Codes; das Konto ist für eine Viertelstunde gesperrt',
      'too-many-attempts-request-new-code': 'fünfmal falsch; die Anmeldung beginnt von vorn',
    },
    records: {
      report: 'Bericht',
      patient: 'Patient',
      clinic: 'Klinik',
      patients: 'Liste der Patienten',
      visit: 'Besuch',
      recording: 'Aufnahme',
      user: 'Konto',
      invitation: 'Einladung',
      log: 'Protokoll',
    },
    role: role => `Rolle ${role}`,
    roleChanged: (from, to) => `Rolle von ${from} zu ${to}`,
    closed: 'Konto geschlossen',
    reopened: 'Konto wieder geöffnet',
    password: 'neues Passwort',
    secondFactor: {
      enable: 'Einrichten des zweiten Faktors begonnen',
      disable: 'zweiten Faktor entfernt',
      false: 'zweiter Faktor entfernt',
      'verify-totp': 'zweiten Faktor bestätigt',
      'verify-backup-code': 'mit einem Ersatzcode bestätigt',
    },
    secondFactorOther: 'zweiter Faktor',
    elsewhere: count => (count === 1 ? 'an einer anderen Stelle' : `an ${count} anderen Stellen`),
    nothingNew: 'ohne Änderung gespeichert',
    fieldNames: {
      pseudonym: 'Pseudonym',
      birthYear: 'Geburtsjahr',
      sex: 'Geschlecht',
      notes: 'Notizen',
      day: 'Tag',
    },
    recordings: count => `${count} ${count === 1 ? 'Aufnahme' : 'Aufnahmen'}`,
    sites: sites => `Stellen: ${sites}`,
    cyclesSet: (channel, count) =>
      `${channel}: ${count} ${count === 1 ? 'Atemzyklus' : 'Atemzyklen'} von Hand gesetzt`,
    cyclesFound: channel => `${channel}: zurück zu den gefundenen Atemzyklen`,
    blindPass: {
      started: 'verblindeten Durchgang begonnen',
      ended: 'verblindeten Durchgang beendet',
      'ended early': 'verblindeten Durchgang beendet, bevor jeder Atemzyklus ein Urteil hatte',
    },
    withoutFindings: 'ohne den Befund des Detektors',
    format: name => `als ${name}`,
    withClinic: 'mit der ganzen Klinik',
    reviewersNamed: 'Beurteilende mit Namen',
    withSound: 'mit dem Ton',
    detectorDecides: 'der Detektor entscheidet, wo Beurteilende es nicht tun',
    soundOf: count =>
      `mit Zugang zum Ton von ${count} ${count === 1 ? 'Aufnahme' : 'Aufnahmen'}, aus dem seine Bilder gezeichnet werden`,
    forReport: 'für die Bilder eines Berichts',
  },
  about: {
    title: 'Über crepitus',
    what: 'crepitus findet Knistern in Lungengeräuschen: Es bewertet jeden Atemzyklus einer Aufnahme danach, wie sehr er nach Knistern klingt.',
    limits: 'Was es nicht tut',
    limitList: [
      'Es nennt keine Krankheit, und ein Wert ist keine Wahrscheinlichkeit für eine.',
      'Es wurde nie in der Versorgung erprobt. Bei anderen Stethoskopen und anderen Patienten als denen, aus denen es gelernt hat (siehe seine Karte unten), kann es öfter falsch liegen.',
      'Knistern anderer Ursache, Haut, Haare und Kleidung können gleich klingen.',
      'Liegt eine Aufnahme außerhalb dessen, was der Detektor kennt, gibt er keinen Wert und sagt, warum.',
    ],
    data: 'Wo die Daten sind',
    card: 'Die Modellkarte des Detektors',
    cardHint:
      'Wie sie mit dem Detektor kommt, auf Englisch: woraus er gelernt hat, wie gut er bei wem ist und was ihn begrenzt.',
    dataText:
      'Aufnahmen und Ergebnisse bleiben auf dem Rechner, der dieses Portal betreibt. Nichts wird verschickt. Von einer Datei werden nur die Tonwerte behalten.',
  },
  exports: {
    title: 'Exportieren',
    open: 'Formate und Optionen',
    intro:
      'Exportierte Dateien schützt das Portal nicht mehr: Bewahren Sie sie wie die Patientenakte auf. Jeder Export steht im Protokoll. Patienten stehen unter ihrem Pseudonym.',
    options: 'Optionen',
    names: 'Namen derer nennen, die beurteilt haben',
    namesHint: 'Sonst steht jede Person unter einem Kürzel, das in allen Exporten gleich ist.',
    sound: 'FHIR: den Ton in das Bündel aufnehmen',
    undecided: 'ICBHI: Wo die Urteile nicht entscheiden, entscheidet der Detektor',
    undecidedHint:
      'Sonst fehlen Atemzyklen, die niemand beurteilt hat oder bei denen die Urteile verschieden oder unsicher sind.',
    nothing: 'Noch keine Aufnahme: Es gibt nichts zu exportieren. Fügen Sie oben eine hinzu.',
    recordingFormats: 'Diese Aufnahme',
    visitFormats: 'Alle Aufnahmen dieses Besuchs',
    formats: {
      csv: [
        'CSV',
        'eine Zeile je Atemzyklus für Tabellenprogramme: Zeiten, Wert, was der Detektor sagt, und jedes Urteil',
      ],
      audacity: [
        'Audacity-Textmarken',
        'eine Textspur für den Detektor und für jede Person, die beurteilt hat',
      ],
      raven: ['Raven-Auswahltabelle', 'Atemzyklen als Auswahlen, mit den Frequenzen, die der Detektor hört'],
      icbhi: [
        'ICBHI-Text',
        'Anfang, Ende, Knistern, Giemen; nach Giemen fragt hier niemand, daher ist dieser Wert stets 0',
      ],
      json: ['JSON', 'alles: was crepitus screen ausgibt, und die Urteile'],
      fhir: ['FHIR R4', 'ein Bündel für das Krankenhaussystem: Bericht, Beobachtungen, Angaben zum Ton'],
    },
    datasets: 'Datensatz für crepitus train',
    datasetHint:
      'Töne und die Atemzyklen, bei denen alle Urteile übereinstimmen, als crackle oder normal (kein Knistern) bezeichnet; entpacken und als manifest:ORDNER angeben.',
    datasetOf: { visit: 'Dieser Besuch', patient: 'Dieser Patient', clinic: 'Die ganze Klinik' },
    preparing: 'Der Export wird vorbereitet …',
    started: 'Der Download hat begonnen.',
    refusals: {
      'export-no-analysis':
        'Die Analyse ist nicht abgeschlossen; warten Sie ihr Ende ab, oder lassen Sie die Aufnahme erneut analysieren.',
      'export-empty': 'Der Besuch hat noch keine Aufnahme; fügen Sie zuerst eine hinzu.',
      'export-nothing-decided':
        'Es gibt keinen Atemzyklus, dessen Urteile übereinstimmen; beurteilen Sie zuerst.',
      'export-too-large':
        'Diese Aufnahmen sind mehr, als ein Archiv fasst (4 GB, 65 000 Dateien); exportieren Sie Patienten einzeln.',
      'export-sound-too-large':
        'So viel Ton fasst ein FHIR-Bündel nicht; exportieren Sie es ohne Ton oder einzelne Aufnahmen.',
    },
  },
  review: {
    title: 'Beurteilung',
    intro:
      'Ihr Urteil steht neben dem des Detektors und nie an seiner Stelle. Jedes Urteil ist sofort gespeichert.',
    reader: 'Ihre Rolle sieht, was andere urteilten, und urteilt selbst nicht.',
    words: { crackle: 'Knistern', clear: 'kein Knistern', unsure: 'unsicher' },
    confirm: 'Bestätigen',
    reject: 'Ablehnen',
    confirmHint: 'der Detektor hat recht',
    rejectHint: 'der Detektor irrt',
    sayCrackle: 'Knistern',
    sayClear: 'Kein Knistern',
    unsure: 'Unsicher',
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    loop: 'Atemzyklus in Schleife',
    nextOpen: 'Nächster offener',
    choose: 'Wählen Sie zuerst einen Atemzyklus: im Bild, in der Tabelle oder mit J und K.',
    abstained: 'Der Detektor gab hier keinen Wert: Sagen Sie mit 1 und 2, was Sie hören.',
    saved: (cycle, word) => `${cycle}: ${word}, gespeichert.`,
    undone: (cycle, word) => `${cycle}: „${word}“ zurückgenommen.`,
    redone: (cycle, word) => `${cycle}: „${word}“ wieder gegeben.`,
    nothingToUndo: 'Es gibt nichts zurückzunehmen.',
    nothingToRedo: 'Es gibt nichts zu wiederholen.',
    nothingOpen: 'Zu jedem Atemzyklus dieses Kanals liegt Ihr Urteil vor, und niemand widerspricht.',
    notSaved: 'Das Urteil wurde nicht gespeichert',
    unreachable: 'Das Portal antwortet nicht. Prüfen Sie die Verbindung und sagen Sie es dann noch einmal.',
    progress: (said, cycles) => `Sie haben ${said} von ${cycles} Atemzyklen dieses Kanals beurteilt.`,
    elsewhere: count =>
      count === 1
        ? '1 Urteil gehört zu einem Atemzyklus, der seither geändert wurde; es bleibt erhalten.'
        : `${count} Urteile gehören zu Atemzyklen, die seither geändert wurden; sie bleiben erhalten.`,
    column: 'Beurteilt',
    you: 'Sie',
    saidBlind: 'verblindet',
    filter: 'Zeige',
    filters: {
      all: 'alle Atemzyklen',
      crackle: 'Knistern gefunden',
      open: 'von Ihnen nicht beurteilt',
      unsure: 'jemand ist unsicher',
      disagree: 'jemand widerspricht',
      differ: 'Beurteiler uneins',
    },
    shown: (shown, all) => `${shown} von ${all} Atemzyklen`,
    noneShown: 'Kein Atemzyklus ist von dieser Art.',

    blind: 'Verblindete Beurteilung',
    blindIntro:
      'In einem verblindeten Durchgang sehen Sie bis zu seinem Ende weder, was der Detektor fand, noch, was andere urteilten. Übereinstimmung verblindeter Urteile sagt am meisten.',
    blindStart: 'Verblindeten Durchgang beginnen',
    blindOpen:
      'Sie beurteilen diese Aufnahme verblindet: Das Portal hält vor Ihnen zurück, was der Detektor fand und was andere urteilten.',
    blindHere: 'in Ihrer verblindeten Beurteilung',
    blindFinish: 'Verblindeten Durchgang abschließen',
    blindEndEarly: 'Beenden, bevor jeder Atemzyklus Ihr Urteil hat',
    blindLeft: count =>
      count === 0
        ? 'Zu jedem Atemzyklus der Aufnahme liegt Ihr Urteil vor.'
        : count === 1
          ? 'Zu 1 Atemzyklus der Aufnahme fehlt Ihr Urteil noch.'
          : `Zu ${count} Atemzyklen der Aufnahme fehlt Ihr Urteil noch.`,
    blindLink: 'Wer die Befunde nicht zuerst sehen soll, öffnet diese Adresse statt der Seite der Aufnahme:',
    blindTitle: number => `Verblindete Beurteilung von Aufnahme ${number}`,
    blindPasses: 'Verblindete Durchgänge',
    blindPass: (name, whole) => (whole ? `${name}, abgeschlossen` : `${name}, vorzeitig beendet`),

    agreement: 'Übereinstimmung',
    noAgreement:
      'Sobald zwei Personen dieselben Atemzyklen beurteilt haben, steht hier, wie weit sie übereinstimmen.',
    basis: { blind: 'verblindet geurteilt', now: 'wie die Urteile jetzt stehen' },
    agreed: (agreed, both, unsure) =>
      `Sie stimmen bei ${agreed} von ${both} ${both === 1 ? 'Atemzyklus' : 'Atemzyklen'} überein, die beide beurteilten${unsure === 0 ? '' : `; bei ${unsure} war jemand unsicher`}`,
    kappa: (kappa, others) => `Cohens Kappa${others === null ? '' : ` über die anderen ${others}:`} ${kappa}`,
    seenBefore: 'nachdem die Werte schon gesehen waren',
    agreedUnseen: 'Beide hatten die Werte vorher nicht gesehen.',
    agreedSeen: names => `Geurteilt, nachdem die Werte schon gesehen waren: ${names}.`,
    agreedUnknown: names => `Ob die Werte vorher gesehen waren, ist nicht bekannt: ${names}.`,
    noKappa:
      'Kappa ist hier nicht definiert: Es gibt keinen Atemzyklus, den beide beurteilten, oder nur ein einziges Urteil',
    kappaHint:
      '1 ist volle Übereinstimmung, 0 das, was Zufall allein ergäbe. Atemzyklen, bei denen jemand unsicher war, zählen darin nicht.',
    agreementTable: (first, second) => `Urteile von ${first} (Zeilen) und ${second} (Spalten)`,

    edit: 'Atemzyklen korrigieren',
    editHint:
      'Ziehen Sie eine Grenze im Streifen, oder wählen Sie mit J und K einen Atemzyklus, mit ↑ und ↓ eine Grenze und verschieben Sie sie mit ← und →. Bewertet wird erst, wenn Sie es verlangen.',
    edited: 'Korrigierte Atemzyklen, noch nicht bewertet',
    draftKept: 'Atemzyklen, die Sie früher korrigiert und nicht bewerten ließen, sind noch hier.',
    draftOld:
      'Die Aufnahme wurde seither mit anderen Atemzyklen bewertet. Ihren Entwurf bewerten zu lassen ersetzt sie.',
    stopEditing: 'Entwurf behalten und nicht weiter korrigieren',
    discard: 'Entwurf verwerfen',
    scoreAgain: 'Neu bewerten',
    notScoredAgain: 'Die Atemzyklen wurden nicht bewertet',
    changedMeanwhile:
      'Die Atemzyklen dieser Aufnahme wurden geändert, seit Sie sie geöffnet haben; Ihre wurden darum nicht bewertet. Ihr Entwurf ist noch hier.',
    loadNewest: 'Die neuesten Atemzyklen zeigen',
    scoringAgain: 'Die korrigierten Atemzyklen werden bewertet.',
    automatic: 'Zurück zu automatischen Atemzyklen',
    setByHand: who => `Atemzyklen dieses Kanals wurden von Hand gesetzt. Zuletzt: ${who},`,
    border: 'Grenze',
    borders: { start: 'Von, s', inspirationEnd: 'Ende der Einatmung, s', end: 'Bis, s' },
    noInspirationEnd: 'Nicht gesetzt: Ein fester Anteil des Atemzyklus steht dafür.',
    splitHere: 'Am Zeiger teilen',
    joinNext: 'Mit dem nächsten verbinden',
    deleteCycle: 'Atemzyklus löschen',
    deleteKey: 'Entf',
    addCycle: 'Atemzyklus am Zeiger hinzufügen',
    clearInspiration: 'Ende der Einatmung vergessen',
    at: (cycle, border, seconds) => `${cycle}, ${border} ${seconds}`,
    done: {
      split: 'Der Atemzyklus ist geteilt.',
      join: 'Die Atemzyklen sind verbunden.',
      delete: 'Der Atemzyklus ist gelöscht.',
      add: 'Ein Atemzyklus ist hinzugefügt.',
      undo: 'Die letzte Änderung des Entwurfs ist rückgängig.',
      redo: 'Die Änderung des Entwurfs ist wiederholt.',
    },
    whyNot: {
      'cursor-outside': 'Setzen Sie erst den Zeiger in den Atemzyklus.',
      'cursor-inside': 'Setzen Sie den Zeiger erst dorthin, wo kein Atemzyklus ist.',
      'too-short': 'Dort ist zu wenig Platz: Ein Atemzyklus dauert 0,2 s oder länger.',
      'no-next': 'Nach diesem Atemzyklus kommt keiner mehr.',
      'last-one': 'Ein Atemzyklus muss bleiben.',
      'no-inspiration': 'Für diesen Atemzyklus ist kein Ende des Einatmens gesetzt.',
    },
    notScored: 'noch nicht bewertet',

    keysOn: 'Einzelne Tasten wirken auf dieser Seite',
    keyList: [
      ['C', 'bestätigen: der Detektor hat recht'],
      ['X', 'ablehnen: der Detektor irrt'],
      ['1, 2, 3', 'Knistern, kein Knistern, unsicher'],
      ['U', 'unsicher'],
      ['N, Umschalt + N', 'nächster, voriger offener Atemzyklus: ohne Ihr Urteil, unsicher oder strittig'],
      ['Z, Umschalt + Z', 'rückgängig, wiederholen'],
      ['L', 'den gewählten Atemzyklus in Schleife spielen'],
      ['E', 'Atemzyklen korrigieren oder damit aufhören'],
      ['?', 'diese Tasten zeigen'],
    ],
    editKeyList: [
      ['↑ ↓', 'vorige, nächste Grenze des gewählten Atemzyklus'],
      ['← →', 'die Grenze um 10 ms verschieben'],
      ['Umschalt + ← →', 'um 100 ms verschieben'],
      ['S', 'am Zeiger teilen'],
      ['M', 'mit dem nächsten Atemzyklus verbinden'],
      ['A', 'Atemzyklus am Zeiger hinzufügen'],
      ['Entf', 'den gewählten Atemzyklus löschen'],
      ['I', 'Ende der Einatmung an den Zeiger setzen'],
      ['Z, Umschalt + Z', 'im Entwurf rückgängig, wiederholen'],
    ],
    keysWhileEditing: 'Beim Korrigieren',
  },
  report: {
    title: 'Bericht',
    open: 'Bericht zum Drucken',
    heading: pseudonym => `Lungengeräusche von ${pseudonym}`,
    print: 'Drucken',
    ready: 'Als PDF: „Als PDF speichern“ wählen, wo der Browser nach einem Drucker fragt.',
    drawing: (drawn, all) => `Bilder werden gezeichnet: ${drawn} von ${all}.`,
    incomplete: 'Dieser Bericht ist unvollständig.',
    clinic: 'Klinik',
    printedBy: 'Bericht von',
    printedAt: 'Bericht vom',
    taken: 'Aufgenommen',
    notAnalysed: 'Nicht analysiert.',
    result: 'Ergebnis nach Stellen',
    detectorFound: said => `Der Detektor über alle Aufnahmen: ${said}.`,
    findings: 'Befunde, Atemzyklus für Atemzyklus',
    findingsHint:
      'Was der Detektor sagt und was Personen urteilten, steht nebeneinander; keines ändert das andere.',
    seconds: 'Sekunden',
    detectorCalls: 'Knistern genannt',
    candidates: 'Einzelnes Knistern, ein / aus',
    reviewersSay: 'Urteile',
    notReviewed: 'nicht beurteilt',
    gone: 'frühere Grenzen',
    goneHint: 'beurteilt, bevor die Grenzen des Atemzyklus geändert wurden',
    withheld: 'zurückgehalten, solange Sie verblindet urteilen',
    flagged: 'Bilder auffälliger Atemzyklen',
    flaggedHint:
      'Auffällig ist jeder Atemzyklus, den der Detektor Knistern nennt oder bei dem eine Person Knistern hört oder unsicher ist. Oben die Wellenform, wie der Detektor sie bekommt (Anteil der Vollaussteuerung, jede mit eigener Skala), unten das Log-Mel-Bild (Frequenz in Hz; dunkel: leise, hell: laut), beide über den Sekunden der Aufnahme; Dreiecke: einzelnes Knistern; gestrichelt: Grenzen der Atemzyklen; dazwischen eine Linie am Ende der Einatmung, gepunktet, wo dafür ein fester Anteil des Atemzyklus angenommen ist.',
    visitNotes: 'Notizen zum Besuch',
    pictures: 'Bilder von',
    pictureChoices: {
      flagged: count => `jedem auffälligen Atemzyklus (${count})`,
      confirmed: count => `denen, in denen jemand beim Beurteilen Knistern hört (${count})`,
      none: _ => 'keinem',
    },
    pictureSize: 'Größe',
    pictureSizes: { small: '12 je Seite', large: '6 je Seite' },
    leftOut: (shown, flagged, choice) =>
      choice === 'none' || shown === 0
        ? `${flagged} ${flagged === 1 ? 'auffälliger Atemzyklus steht' : 'auffällige Atemzyklen stehen'} oben in der Tabelle und hier ohne Bild.`
        : `Bilder von ${shown} der ${flagged} auffälligen Atemzyklen: von denen, in denen jemand beim Beurteilen Knistern hört. Die anderen stehen oben in der Tabelle.`,
    called: (isCrackle, score, threshold) =>
      isCrackle
        ? `Knistern genannt (Wert ${score}, ab ${threshold}).`
        : `Nicht Knistern genannt (Wert ${score}, unter ${threshold}).`,
    likeIt: counts => `Von ähnlich bewerteten hatten ${counts} Knistern.`,
    ofThem: (crackles, cycles, dataset) => `${crackles} von ${cycles} (${dataset})`,
    likeItUnknown: 'Wie viele ähnlich bewertete Knistern hatten, ist nicht bekannt.',
    noneFlagged: 'Kein auffälliger Atemzyklus.',
    notDrawn: 'Das Bild ist noch nicht gezeichnet.',
    scoredBy: recordings => `Er hat bewertet: ${recordings}.`,
    limits: (hz, bandwidth, shortest, longest) =>
      `Er gibt keinen Wert unter ${hz} Hz Abtastrate, unter ${Math.round(bandwidth)} Hz Bandbreite und für Atemzyklen, die kürzer als ${shortest} s oder länger als ${longest} s sind.`,
    fromCard: 'Aus der Modellkarte dieses Detektors, auf Englisch:',
    nobody: 'Niemand hat diese Aufnahmen beurteilt.',
    nobodyHere: 'Niemand hat sie beurteilt.',
    reviewed: (cycles, crackles, clear, unsure) =>
      `${cycles} ${cycles === 1 ? 'Atemzyklus' : 'Atemzyklen'} beurteilt: Knistern in ${crackles}, keines in ${clear}, unsicher bei ${unsure}; zuletzt am`,
    signature: 'Gesehen von, Tag, Unterschrift',
  },
  trend: {
    title: 'Verlauf über die Besuche',
    none: 'Noch nichts zu vergleichen: Keine Aufnahme eines Besuchs ist bewertet.',
    site: 'Stelle',
    allSites: 'Alle Stellen zusammen',
    followed: 'Verfolgt wird',
    measures: {
      cycles: 'Knistern genannte Atemzyklen',
      all: 'einzelnes Knistern je Atemzyklus',
      inspiration: 'einzelnes Knistern je Einatmung',
      expiration: 'einzelnes Knistern je Ausatmung',
    },
    broken:
      'Manche Besuche sind nicht durch eine Linie verbunden: Sie wurden von einer anderen Version des Detektors bewertet, mit einem anderen Stethoskop, mit anderer Abtastrate oder an anderen Stellen aufgenommen, oder ihre Einatmungen wurden auf andere Art beendet. Ein Unterschied zwischen ihnen kann daher kommen und nicht vom Patienten.',
    noneOfThis: 'Kein Besuch hat das: In seinen Aufnahmen wurde keine Atmung gefunden.',
    description: (measure, points) =>
      `Verlauf über ${points} ${points === 1 ? 'Besuch' : 'Besuche'}: ${measure}; die Tabelle darunter enthält die Zahlen.`,
    axes: {
      cycles: 'Anteil der bewerteten Atemzyklen, die der Detektor Knistern nennt',
      all: 'Einzelnes Knistern je Atemzyklus, im Mittel',
      inspiration: 'Einzelnes Knistern je Einatmung, im Mittel',
      expiration: 'Einzelnes Knistern je Ausatmung, im Mittel',
    },
    explained: {
      cycles:
        'Neben jedem Punkt: Knistern genannte von bewerteten Atemzyklen. Der senkrechte Strich ist das 95-%-Intervall (Wilson) des Anteils, als wären Atemzyklen voneinander unabhängig; die einer Aufnahme ähneln sich, die Wahrheit ist also unsicherer. Wenige Atemzyklen, langer Strich.',
      crackles:
        'Neben jedem Punkt: einzelnes Knistern in so vielen Atemzyklen. Es wird nach fester Regel in der Wellenform gezählt, ohne die Netze; Haare, Haut und Kleidung können als Knistern zählen. Der senkrechte Strich ist das 95-%-Intervall des Mittels, länger, wo sich Atemzyklen unterscheiden; wo und wie abgehört wurde, weiß er nicht. Ein Rekorder, der hohe Frequenzen abschneidet, zeigt weniger Knistern.',
    },
    perBreath: (mean, crackles, breaths) =>
      `${mean} (${crackles} in ${breaths} ${breaths === 1 ? 'Atemzyklus' : 'Atemzyklen'})`,
    noBreaths: 'keine Atmung gefunden',
    assumedEnds: 'Einatmungen enden an einem angenommenen Anteil des Atemzyklus',
    rate: 'Abtastrate',
    visit: 'Besuch',
    crackles: 'Knistern genannt',
    interval: '95-%-Intervall',
    range: (low, high) => `${low} bis ${high}`,
    detector: 'Detektor',
    sites: 'Stellen',
    noCycles: 'nichts bewertet',
    unfinished: count =>
      count === 1 ? '1 Aufnahme ist nicht analysiert' : `${count} Aufnahmen sind nicht analysiert`,
    withheld: count =>
      count === 1
        ? '1 Aufnahme beurteilen Sie gerade verblindet; sie fehlt hier'
        : `${count} Aufnahmen beurteilen Sie gerade verblindet; sie fehlen hier`,
    notJoined: reasons => `nicht mit dem Besuch davor verbunden: ${reasons}`,
    breaks: {
      detector: 'anderer Detektor',
      device: 'anderes Stethoskop',
      'device-unknown': 'Stethoskop nicht angegeben',
      sites: 'andere Stellen',
      rate: 'andere Abtastrate',
      phases: 'Einatmungen auf andere Art beendet',
    },
  },
  airflow: {
    name: 'Atemfluss',
    none: 'kein Kanal',
    hint: 'Der Kanal eines Flusssensors, wenn die Aufnahme einen hat. Er wird nicht bewertet; die Atemzyklen der anderen Kanäle stammen aus ihm.',
    analysedAnew:
      'Nach dem Speichern wird die Aufnahme neu analysiert, mit anderen Atemzyklen. Von Hand gesetzte Atemzyklen bleiben. Was Beurteilende zu Atemzyklen sagten, die es dann nicht mehr gibt, bleibt im Bericht und im JSON-Export.',
    isChannel: channel => `${channel} ist der Atemfluss.`,
  },
  chest: {
    withoutSite: channels =>
      channels === 1
        ? '1 Kanal hat noch keine Stelle und fehlt auf den Bildern; geben Sie sie auf der Seite seiner Aufnahme an.'
        : `${channels} Kanäle haben noch keine Stelle und fehlen auf den Bildern; geben Sie sie auf den Seiten ihrer Aufnahmen an.`,
    notKnown: 'Nicht bekannt',
    chooseSiteOf: channel => `Wo war der Sensor von ${channel}?`,
    severalChannels:
      'Eine Datei mit mehreren Kanälen: Lassen Sie die Stelle hier offen; jeder Kanal bekommt seine auf der Seite der Aufnahme.',
    giveSites: channels =>
      `Sie hat ${channels} Kanäle: Geben Sie die Stelle von jedem an, und ob einer der Atemfluss ist.`,
    tableTitle: 'Knistern genannte Atemzyklen nach Stellen der Brust',
    crackleCycles: 'Knistern genannt',
    scored: 'Bewertete Atemzyklen',
    unscored: 'Nicht bewertet',
    none: 'kein Atemzyklus bewertet',
    legend: {
      clear: 'kein bewerteter Atemzyklus Knistern genannt',
      some: 'weniger als die Hälfte: Der Ring zeigt den Anteil',
      many: 'die Hälfte oder mehr',
      unscored: 'noch kein Wert, oder keiner vergeben',
      unused: 'keine Aufnahme',
    },
    map: 'Kanäle auf der Brust',
  },
  sites: {
    Tc: 'Trachea',
    Al: 'vorn links',
    Ar: 'vorn rechts',
    Ll: 'seitlich links',
    Lr: 'seitlich rechts',
    Pl: 'hinten links',
    Pr: 'hinten rechts',
    Plu: 'hinten links, oben',
    Pru: 'hinten rechts, oben',
    Plm: 'hinten links, Mitte',
    Prm: 'hinten rechts, Mitte',
    Plb: 'hinten links, basal',
    Prb: 'hinten rechts, basal',
  },
  failures: {
    cycles:
      'Diese Atemzyklen lassen sich nicht bewerten: Sie müssen in der Aufnahme liegen, 0,2 s oder länger dauern und dürfen nicht überlappen.',
    blind:
      'Sie beurteilen eine dieser Aufnahmen verblindet, und dies verriete, was der Detektor fand; schließen Sie erst den verblindeten Durchgang ab.',
    'no-such-cycle': 'Diesen Atemzyklus gibt es in der Aufnahme nicht mehr; laden Sie die Seite neu.',
    unreachable: 'Das Portal antwortet nicht. Prüfen Sie die Verbindung; Ihre Eingaben sind noch da.',
    'invalid-email-or-password': 'E-Mail-Adresse oder Passwort ist falsch.',
    'invalid-password': 'Das jetzige Passwort ist falsch.',
    'code-used': 'Dieser Code wurde schon benutzt; warten Sie, bis die App den nächsten zeigt.',
    'invalid-code': 'Der Code ist falsch oder zu alt; geben Sie den ein, den die App jetzt zeigt.',
    'too-many-attempts-request-new-code':
      'Fünf Codes waren falsch. Melden Sie sich noch einmal an, vom Passwort an.',
    'invalid-backup-code': 'Dieser Ersatzcode ist falsch oder wurde benutzt.',
    'invalid-two-factor-cookie': 'Es ist zu viel Zeit vergangen; melden Sie sich noch einmal an.',
    'visit-day':
      'Ein Besuch liegt nicht vor dem Geburtsjahr (oder 1900) und nicht nach morgen; prüfen Sie den Tag.',
    'blob-store': 'Die Ablage der Aufnahmen antwortet nicht; versuchen Sie es in einer Minute noch einmal.',
    'blob-missing':
      'Der Ton dieser Aufnahme fehlt in der Ablage; bitten Sie die Verwaltung, ihn aus einer Sicherung zurückzuholen.',
    'blob-damaged':
      'Der Ton dieser Aufnahme ist in der Ablage beschädigt; bitten Sie die Verwaltung, ihn aus einer Sicherung zurückzuholen.',
    'changed-meanwhile':
      'Jemand hat das geändert, seit Sie es geöffnet haben, und von Ihnen wurde nichts gespeichert; laden Sie die Seite neu, um diese Änderung zu sehen, und ändern Sie dann.',
    'cut-off': 'Die Verbindung endete, bevor alles angekommen war; nichts wurde gespeichert.',
    'account-closed': 'Dieses Konto ist geschlossen; öffnen Sie es wieder, bevor Sie einen Link erzeugen.',
    'signed-out': 'Sie sind abgemeldet; melden Sie sich wieder an.',
    'wrong-role': 'Ihre Rolle erlaubt das nicht; fragen Sie die Verwaltung.',
    missing: 'Diesen Eintrag gibt es nicht; vielleicht wurde er gelöscht.',
    closing: 'Das Portal wird gerade beendet; versuchen Sie es in einer Minute wieder.',
    'disk-full':
      'Der Speicherplatz des Portals ist voll, und nichts wurde gespeichert; sagen Sie es dem, der es betreibt, und versuchen Sie es dann noch einmal.',
    fault:
      'Das Portal ist hieran gescheitert; sein Protokoll auf dem Server sagt, woran. Versuchen Sie es noch einmal.',
    form: 'Eine Angabe fehlt oder hat nicht die erwartete Form.',
    'link-used': 'Dieser Link wurde benutzt oder ist abgelaufen; lassen Sie sich einen neuen geben.',
    'email-taken': 'Mit dieser E-Mail-Adresse gibt es schon ein Konto.',
    'password-short': 'Ein Passwort braucht mindestens 12 Zeichen.',
    'password-long': 'Ein Passwort hat höchstens 128 Zeichen.',
    'password-personal':
      'Das Passwort enthält Ihren Namen, Ihre Adresse oder den Namen der Klinik oder des Portals; wählen Sie ein anderes.',
    'password-simple':
      'Das Passwort ist leicht zu erraten (ein häufiges Passwort oder Wort mit wenigen Zeichen dazu, ein Datum, eine Folge, Nachbarn auf der Tastatur); wählen Sie ein anderes, zum Beispiel vier Wörter, die nichts miteinander zu tun haben.',
    'last-administrator': 'Eine Klinik braucht eine Verwaltung; benennen Sie zuerst eine andere.',
    'account-disabled': 'Dieses Konto ist geschlossen.',
    'pseudonym-taken': 'Dieses Pseudonym gibt es schon; wählen Sie ein anderes.',
    'upload-too-large': 'Die Datei ist größer als 100 MB; teilen Sie sie.',
    'at-work': 'Diese Aufnahme wird schon analysiert; warten Sie auf das Ende.',
    'empty-file': 'Die Datei ist leer; wählen Sie eine andere.',
    'not-audio': 'Die Datei ist keine Aufnahme in WAV, FLAC oder MP3.',
    'no-samples': 'Die Datei enthält keinen Ton.',
    'recording-too-long': 'Die Aufnahme ist länger als 30 Minuten; teilen Sie sie.',
    'too-many-channels': 'Die Aufnahme hat mehr als 32 Kanäle; teilen Sie sie.',
    'recording-too-large':
      'Die Aufnahme hat mehr als 100 Millionen Messwerte in allen Kanälen; teilen Sie sie oder speichern Sie sie mit niedrigerer Abtastrate.',
    'sound-process-died': 'Die Berechnung ist vorzeitig abgebrochen; versuchen Sie es noch einmal.',
    'sound-process-slow': 'Die Berechnung dauerte zu lange und wurde abgebrochen; teilen Sie die Aufnahme.',
  },
  sentences,
  findings: {
    clipping:
      'Ein Teil der Aufnahme ist übersteuert; laute Geräusche verlieren ihre Form. Verringern Sie die Verstärkung.',
    silence: 'Ganz oder streckenweise ohne Ton; lag das Stethoskop auf der Brust?',
    'too-short': 'Die Aufnahme ist kürzer als ein Atemzyklus; ihre Werte sind zweifelhaft.',
    'low-bandwidth':
      'Die Aufnahme enthält keine höheren Frequenzen, in denen Knistern viel seiner Energie hat; prüfen Sie den Filter des Stethoskops.',
    'no-breaths-found': 'Im Ton wurde keine Atmung gefunden; bewertet wurden Fenster fester Länge.',
    'beyond-full-scale': 'Die Aufnahme überschritt die Vollaussteuerung und wurde als Ganzes leiser gemacht.',
    'data-truncated': 'Die Datei bricht vor ihrem Ende ab; gelesen wurde, was da ist.',
    'data-damaged': 'Die Datei ist stellenweise beschädigt; dort ist Stille.',
    'block-align-wrong': 'Der Kopf der Datei ist fehlerhaft und wurde berichtigt.',
    'data-size-open': 'Der Kopf der Datei nennt keine Länge; gelesen wurde bis zum Ende.',
    'encoder-delay-unknown':
      'Wie viel später der Ton der MP3-Datei beginnt, ist nicht bekannt; Zeiten können leicht abweichen.',
    'sample-rate': 'Die Abtastrate liegt unter dem, was der Detektor kennt.',
    bandwidth: 'Der Frequenzumfang liegt unter dem, was der Detektor kennt.',
    'cycle-too-short': 'Der Atemzyklus ist kürzer als alles, was der Detektor kennt.',
    'cycle-too-long': 'Der Atemzyklus ist länger als alles, was der Detektor kennt.',
  },
  findingsWithFigure: {
    clipping: figure =>
      `${figure} der Abtastwerte sind übersteuert; laute Geräusche verlieren ihre Form. Verringern Sie die Verstärkung.`,
    silence: figure =>
      figure.endsWith('%')
        ? `${figure} der Aufnahme sind ganz ohne Ton; lag das Stethoskop auf der Brust?`
        : `Die Aufnahme ist fast stumm (${figure} der Vollaussteuerung); lag das Stethoskop auf der Brust?`,
    'too-short': figure =>
      `Die Aufnahme dauert ${figure}, kürzer als ein Atemzyklus; ihre Werte sind zweifelhaft.`,
    'low-bandwidth': figure =>
      `Die Aufnahme enthält nichts oberhalb von ${figure}, wo Knistern viel seiner Energie hat; prüfen Sie den Filter des Stethoskops.`,
    'beyond-full-scale': figure =>
      `Die Aufnahme überschritt die Vollaussteuerung (${figure.replace('times', 'mal')}) und wurde als Ganzes leiser gemacht.`,
    'sample-rate': figure => `Die Abtastrate von ${figure} liegt unter dem, was der Detektor kennt.`,
    bandwidth: figure => `Der Ton reicht bis ${figure}; das liegt unter dem, was der Detektor kennt.`,
    'cycle-too-short': figure => `Der Atemzyklus von ${figure} ist kürzer als alles, was der Detektor kennt.`,
    'cycle-too-long': figure => `Der Atemzyklus von ${figure} ist länger als alles, was der Detektor kennt.`,
  },
  findingTitles: {
    clipping: 'übersteuert',
    silence: 'stumm',
    'too-short': 'zu kurz',
    'low-bandwidth': 'schmalbandig',
    'no-breaths-found': 'keine Atmung gefunden',
    'beyond-full-scale': 'leiser gemacht',
    'data-truncated': 'abgeschnitten',
    'data-damaged': 'stellenweise beschädigt',
    'block-align-wrong': 'Kopf berichtigt',
    'data-size-open': 'Kopf berichtigt',
    'encoder-delay-unknown': 'Beginn unsicher',
  },
};
