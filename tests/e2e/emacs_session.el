;;; What a person does in Emacs, for tests/e2e/test_emacs.py.  -*- lexical-binding: t -*-

;; TANDEM_CONFIG is the configuration of docs/editors/emacs.md, TANDEM_FILE a file of a project; broken.py
;; beside it has a syntax error.

(load (expand-file-name "emacs_steps" (file-name-directory load-file-name)) nil t)
(setq eglot-sync-connect 20
      eglot-events-buffer-size 0
      eglot-confirm-server-initiated-edits nil
      flymake-start-on-flymake-mode nil)
(load (getenv "TANDEM_CONFIG") nil t)

(find-file (getenv "TANDEM_FILE"))
(call-interactively #'eglot)
(wait-for "a server" #'eglot-current-server)
(say "server" (plist-get (eglot--server-info (eglot-current-server)) :name))

(goto-char (point-max))
(insert "\n    def total_volume(self, items):\n        return sum(item.pr")
(let* ((capf (eglot-completion-at-point))
       (items (all-completions "" (nth 2 capf))))
  (say "completions" (length items))
  (when items
    (let ((item (car items)))
      (delete-region (nth 0 capf) (nth 1 capf))
      (insert item)
      (funcall (plist-get (nthcdr 3 capf) :exit-function) item 'finished))
    (say "completed" (buffer-substring-no-properties (point-min) (point-max)))))

(open-beside "broken.py")
(wait-for "the server here too" #'eglot-current-server)
(goto-char (point-min))
(let* ((actions (eglot-code-actions (line-beginning-position) (line-end-position)))
       (fix (seq-find (lambda (action) (string-match-p "quickfix" (or (plist-get action :kind) ""))) actions)))
  (say "actions" (mapcar (lambda (action) (plist-get action :title)) actions))
  (when fix
    (let ((command (plist-get fix :command)))
      (eglot-execute-command (eglot-current-server) (plist-get command :command) (plist-get command :arguments)))
    (wait-for "the fix" (lambda () (string-match-p "(items):" (this-line))))
    (say "fixed" (this-line))))

;; This eglot cannot open what a server asks it to: the answer is a message that names its file.
(tandem-ask "Where is the total_price computed?")
(let* ((message (wait-for "an answer" (lambda () (seq-find (lambda (one) (string-match "/[^ \n]+\\.md" one)) said))))
       (path (and (string-match "/[^ \n]+\\.md" message) (match-string 0 message))))
  (say "answer" (with-temp-buffer (insert-file-contents path) (buffer-string))))

(let ((server (eglot-current-server)) (started (float-time)))
  (eglot-shutdown server)
  (say "left in time" (< (- (float-time) started) 1.5)))
(say "done" t)
